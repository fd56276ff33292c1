#pragma once
// What every Flash does.

#include "airlift/port/flash.hpp"
#include "contract/portable/contract.hpp"

namespace airlift::contract {

class FlashSubject {
 public:
  virtual ~FlashSubject() = default;
  [[nodiscard]] virtual port::Flash& flash() = 0;
  /// The last sectors of the flash are for the test, so many, all of one size. Erased before each case.
  static constexpr std::uint32_t sectors{6};
  /// For images; three of those sectors and 256 bytes long.
  [[nodiscard]] virtual MutableBytes scratch() = 0;

  [[nodiscard]] std::uint32_t sector_bytes() { return flash().geometry().sector_bytes; }
  /// Where in the flash that sector starts.
  [[nodiscard]] std::uint32_t sector(std::uint32_t number) {
    return flash().geometry().size_bytes - (sectors - number) * sector_bytes();
  }
  [[nodiscard]] std::uint8_t erased() { return flash().geometry().erased_value; }
  /// So many sectors, all of this value.
  [[nodiscard]] Bytes image_of(std::uint32_t count, std::uint8_t value) {
    const MutableBytes image = scratch().first(count * sector_bytes());
    std::fill(image.begin(), image.end(), value);
    return image;
  }
  [[nodiscard]] bool all_are(std::uint8_t value, std::uint32_t from, std::uint32_t end) {
    std::array<std::uint8_t, 256> bytes{};
    for (std::uint32_t at = from; at < end;) {
      const auto count = std::min<std::uint32_t>(end - at, bytes.size());
      const MutableBytes piece = MutableBytes{bytes}.first(count);
      if (!flash().read(at, piece).ok()) return false;
      if (!std::all_of(piece.begin(), piece.end(), [&](std::uint8_t byte) { return byte == value; })) {
        return false;
      }
      at += count;
    }
    return true;
  }
  [[nodiscard]] bool holds(std::uint32_t address, Bytes expected) {
    std::array<std::uint8_t, 256> bytes{};
    const MutableBytes stored = MutableBytes{bytes}.first(expected.size());
    return flash().read(address, stored).ok() && std::equal(stored.begin(), stored.end(), expected.begin());
  }
  [[nodiscard]] UpdateError program(std::uint32_t address, Bytes bytes) {
    return flash().program(address, bytes).error();
  }
};

/// Shortest and longest write unit that a case can do with: what it programs is a multiple of 16 bytes.
using Sixteen = std::array<std::uint8_t, 16>;

inline constexpr Case<FlashSubject> flash_cases[]{
    {"HasSectorsThatFillItAndAWriteUnitThatFillsThem",
     [](FlashSubject& subject, Verdict& verdict) {
       const port::FlashGeometry geometry = subject.flash().geometry();
       AIRLIFT_EXPECT(verdict, geometry.size_bytes % geometry.sector_bytes == 0);
       AIRLIFT_EXPECT(verdict, geometry.sector_bytes % geometry.write_align_bytes == 0);
       AIRLIFT_EXPECT(verdict, geometry.write_align_bytes <= 16);
       const std::uint32_t second = subject.sector(1);
       AIRLIFT_EXPECT(verdict, subject.flash().sector_at(second).address == second);
       AIRLIFT_EXPECT(verdict, subject.flash().sector_at(second - 1).end() == second);
     }},

    {"ReadsBackWhatWasProgrammedAndChangesNothingElse",
     [](FlashSubject& subject, Verdict& verdict) {
       const std::uint32_t at = subject.sector(0) + 16;
       const Sixteen bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
       AIRLIFT_EXPECT(verdict, subject.program(at, bytes) == UpdateError::none);
       AIRLIFT_EXPECT(verdict, subject.holds(at, bytes));
       AIRLIFT_EXPECT(verdict, subject.holds(at + 3, Bytes{bytes}.subspan(3, 5)));
       AIRLIFT_EXPECT(verdict, subject.all_are(subject.erased(), subject.sector(0), at));
       AIRLIFT_EXPECT(verdict, subject.all_are(subject.erased(), at + 16, subject.sector(1)));
       AIRLIFT_EXPECT(verdict, subject.flash().flush().ok());
     }},

    {"ProgramsBytesOfTheErasedValueWithoutEffect",
     [](FlashSubject& subject, Verdict& verdict) {
       Sixteen bytes{};
       bytes.fill(subject.erased());
       AIRLIFT_EXPECT(verdict, subject.program(subject.sector(0), bytes) == UpdateError::none);
       AIRLIFT_EXPECT(verdict, subject.program(subject.sector(0), Sixteen{1, 2, 3, 4}) == UpdateError::none);
     }},

    {"RefusesToProgramTwiceAndThenWritesNothing",
     [](FlashSubject& subject, Verdict& verdict) {
       // The byte in the way is the last of a range that is longer than any buffer.
       const std::uint32_t last = subject.sector(3) - 16;
       Sixteen in_the_way{};
       in_the_way.fill(subject.erased());
       in_the_way.back() = static_cast<std::uint8_t>(~subject.erased());
       AIRLIFT_EXPECT(verdict, subject.program(last, in_the_way) == UpdateError::none);
       AIRLIFT_EXPECT(verdict, subject.program(subject.sector(0), subject.image_of(3, 0x5A)) ==
                                   UpdateError::flash_misuse);
       AIRLIFT_EXPECT(verdict, subject.all_are(subject.erased(), subject.sector(0), last));
       AIRLIFT_EXPECT(verdict, subject.program(last, Sixteen{}) == UpdateError::flash_misuse);
       AIRLIFT_EXPECT(verdict, subject.holds(last, in_the_way));
     }},

    {"RefusesToBringBackABit",
     [](FlashSubject& subject, Verdict& verdict) {
       const Sixteen bytes{0x0F, 0xF0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
       const Sixteen other{0xF0, 0x0F, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
       AIRLIFT_EXPECT(verdict, subject.program(subject.sector(0), bytes) == UpdateError::none);
       AIRLIFT_EXPECT(verdict, subject.program(subject.sector(0), other) == UpdateError::flash_misuse);
       AIRLIFT_EXPECT(verdict, subject.holds(subject.sector(0), bytes));
     }},

    {"ErasesOneSectorAndNoOther",
     [](FlashSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict,
                      subject.program(subject.sector(0), subject.image_of(3, 0)) == UpdateError::none);
       AIRLIFT_EXPECT(verdict, subject.flash().erase_sector(subject.sector(1)).ok());
       AIRLIFT_EXPECT(verdict, subject.all_are(0, subject.sector(0), subject.sector(1)));
       AIRLIFT_EXPECT(verdict, subject.all_are(subject.erased(), subject.sector(1), subject.sector(2)));
       AIRLIFT_EXPECT(verdict, subject.all_are(0, subject.sector(2), subject.sector(3)));
       AIRLIFT_EXPECT(verdict,
                      subject.program(subject.sector(1), subject.image_of(1, 7)) == UpdateError::none);
     }},

    {"ErasesARangeOfSectorsAndNoOther",
     [](FlashSubject& subject, Verdict& verdict) {
       port::Flash& flash = subject.flash();
       AIRLIFT_EXPECT(verdict,
                      subject.program(subject.sector(0), subject.image_of(3, 0)) == UpdateError::none);
       AIRLIFT_EXPECT(verdict,
                      subject.program(subject.sector(3), subject.image_of(1, 0)) == UpdateError::none);
       AIRLIFT_EXPECT(verdict, flash.erase(subject.sector(1), subject.sector(3)).ok());
       AIRLIFT_EXPECT(verdict, subject.all_are(0, subject.sector(0), subject.sector(1)));
       AIRLIFT_EXPECT(verdict, subject.all_are(subject.erased(), subject.sector(1), subject.sector(3)));
       AIRLIFT_EXPECT(verdict, subject.all_are(0, subject.sector(3), subject.sector(4)));
       const std::uint32_t first = subject.sector(0);
       const std::uint32_t second = subject.sector(1);
       const std::uint32_t end = flash.geometry().size_bytes;
       AIRLIFT_EXPECT(verdict, flash.erase(second, second).ok());
       AIRLIFT_EXPECT(verdict,
                      flash.erase(second, subject.sector(3) - 4).error() == UpdateError::flash_misuse);
       AIRLIFT_EXPECT(verdict, flash.erase(first + 4, second).error() == UpdateError::flash_misuse);
       AIRLIFT_EXPECT(verdict, flash.erase(second, first).error() == UpdateError::flash_misuse);
       AIRLIFT_EXPECT(verdict,
                      flash.erase(first, end + subject.sector_bytes()).error() == UpdateError::flash_misuse);
       AIRLIFT_EXPECT(verdict, subject.all_are(0, first, second));
     }},

    {"ComparesWithoutChangingAnything",
     [](FlashSubject& subject, Verdict& verdict) {
       port::Flash& flash = subject.flash();
       const std::uint32_t at = subject.sector(0) + 16;
       const MutableBytes image = subject.scratch().first(2 * subject.sector_bytes() + 48);
       for (std::size_t i = 0; i < image.size(); ++i) image[i] = static_cast<std::uint8_t>(i * 7);
       AIRLIFT_EXPECT(verdict, flash.program(at, image).ok());
       AIRLIFT_EXPECT(verdict, flash.compare(at, image).ok());
       AIRLIFT_EXPECT(verdict, flash.compare(at, {}).ok());
       for (const std::size_t place :
            {std::size_t{0}, std::size_t{subject.sector_bytes() - 1}, image.size() - 1}) {
         image[place] ^= 1;
         AIRLIFT_EXPECT(verdict, flash.compare(at, image).error() == UpdateError::flash_write);
         image[place] ^= 1;
       }
       AIRLIFT_EXPECT(verdict, flash.compare(flash.geometry().size_bytes - 4, image).error() ==
                                   UpdateError::flash_misuse);
       AIRLIFT_EXPECT(verdict, flash.compare(at, image).ok());
     }},

    {"RefusesWhatIsOutOfRange",
     [](FlashSubject& subject, Verdict& verdict) {
       port::Flash& flash = subject.flash();
       const std::uint32_t size = flash.geometry().size_bytes;
       std::array<std::uint8_t, 32> bytes{};
       AIRLIFT_EXPECT(verdict, flash.read(size - 16, bytes).error() == UpdateError::flash_misuse);
       AIRLIFT_EXPECT(verdict, flash.read(0xFFFFFFFC, bytes).error() == UpdateError::flash_misuse);
       AIRLIFT_EXPECT(verdict, flash.program(size - 16, bytes).error() == UpdateError::flash_misuse);
       AIRLIFT_EXPECT(verdict, flash.erase_sector(size).error() == UpdateError::flash_misuse);
       AIRLIFT_EXPECT(verdict, flash.read(size - 32, bytes).ok());
       AIRLIFT_EXPECT(verdict, flash.program(size - 32, bytes).ok());
       AIRLIFT_EXPECT(verdict, flash.read(size, {}).ok());
     }},

    {"RefusesWhatIsNotAligned",
     [](FlashSubject& subject, Verdict& verdict) {
       port::Flash& flash = subject.flash();
       const std::uint32_t at = subject.sector(0);
       const std::uint32_t unit = flash.geometry().write_align_bytes;
       const Sixteen bytes{};
       const Bytes one_less = Bytes{bytes}.first(unit - 1);
       AIRLIFT_EXPECT(verdict, unit == 1 || subject.program(at + unit / 2, Bytes{bytes}.first(unit)) ==
                                                UpdateError::flash_misuse);
       AIRLIFT_EXPECT(verdict,
                      unit == 1 || subject.program(at + unit, one_less) == UpdateError::flash_misuse);
       AIRLIFT_EXPECT(
           verdict, flash.erase_sector(at + subject.sector_bytes() / 4).error() == UpdateError::flash_misuse);
       AIRLIFT_EXPECT(verdict, subject.all_are(subject.erased(), at, subject.sector(1)));
     }},
};

}  // namespace airlift::contract
