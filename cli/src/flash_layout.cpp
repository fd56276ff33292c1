#include "flash_layout.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

#include "airlift/codec/text.hpp"
#include "command_failure.hpp"

namespace airlift::cli {
namespace {

/// The numbers of a layout file, each with its key.
struct Numbers {
  std::optional<std::uint32_t> flash_size, sector_size, write_unit, base, record_sectors, history_sectors,
      firmware_size, filesystem_size, note_sectors;

  using Field = std::optional<std::uint32_t> Numbers::*;
  struct Key {
    std::string_view name;
    Field field;
  };
  static constexpr std::array<Key, 9> keys{{{"flash-size", &Numbers::flash_size},
                                            {"sector-size", &Numbers::sector_size},
                                            {"write-unit", &Numbers::write_unit},
                                            {"base", &Numbers::base},
                                            {"record-sectors", &Numbers::record_sectors},
                                            {"history-sectors", &Numbers::history_sectors},
                                            {"firmware-size", &Numbers::firmware_size},
                                            {"filesystem-size", &Numbers::filesystem_size},
                                            {"note-sectors", &Numbers::note_sectors}}};
};

[[noreturn]] void refuse(std::string problem) {
  throw make_error(UpdateError::bad_configuration, Subject::file, std::move(problem),
                   "A board's layout is firmware/boards/BOARD/layout.ini.");
}

Numbers read_numbers(const std::string& path) {
  std::ifstream file{path};
  if (!file) refuse(fmt::format("{}: {}", path, std::strerror(errno)));
  Numbers numbers;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    std::string_view value = codec::trimmed(codec::first_line(line));
    if (value.empty() || value.front() == '#') continue;
    const std::string_view name = codec::trimmed(codec::take_until(value, '='));
    const auto* const key = std::find_if(Numbers::keys.begin(), Numbers::keys.end(),
                                         [name](const Numbers::Key& each) { return each.name == name; });
    if (key == Numbers::keys.end()) refuse(fmt::format("{}: line {}: unknown key {}", path, number, name));
    numbers.*(key->field) = codec::parse_number(codec::trimmed(value));
    if (!(numbers.*(key->field))) refuse(fmt::format("{}: line {}: no number of bytes", path, number));
  }
  for (const Numbers::Key& key : Numbers::keys) {
    if (!(numbers.*(key.field))) refuse(fmt::format("{}: {} is missing", path, key.name));
  }
  return numbers;
}

/// Only the geometry, to check a map against it.
class Chip final : public port::Flash {
 public:
  explicit Chip(const port::FlashGeometry& geometry) : geometry_{geometry} {}
  [[nodiscard]] port::FlashGeometry geometry() const override { return geometry_; }
  [[nodiscard]] Status flush() override { return {}; }

 private:
  [[nodiscard]] Status do_read(std::uint32_t, MutableBytes) override { return UpdateError::flash_read; }
  [[nodiscard]] Status do_erase_sector(std::uint32_t) override { return UpdateError::flash_erase; }
  [[nodiscard]] Status do_program(std::uint32_t, Bytes) override { return UpdateError::flash_write; }
  port::FlashGeometry geometry_;
};

}  // namespace

FlashLayout load_flash_layout(const std::string& path) {
  const Numbers numbers = read_numbers(path);
  FlashLayout layout;
  layout.geometry = {*numbers.flash_size, *numbers.sector_size, *numbers.write_unit};
  layout.boot_loader_bytes = *numbers.base;
  const auto& geometry = layout.geometry;
  if (geometry.sector_bytes == 0 || geometry.write_align_bytes == 0 ||
      geometry.sector_bytes % geometry.write_align_bytes != 0 ||
      geometry.size_bytes % geometry.sector_bytes != 0) {
    refuse(fmt::format("{}: flash-size, sector-size and write-unit do not go together", path));
  }
  // 64 bits, so that nothing wraps: the sizes are what a file says.
  const std::uint64_t sectors = std::uint64_t{*numbers.record_sectors} + *numbers.history_sectors +
                                2 * std::uint64_t{*numbers.note_sectors};
  const std::uint64_t image_bytes = 2 * (std::uint64_t{*numbers.firmware_size} + *numbers.filesystem_size);
  if (*numbers.base + sectors * geometry.sector_bytes + image_bytes > geometry.size_bytes) {
    refuse(fmt::format("{}: the areas do not fit into flash-size", path));
  }
  layout.slots = boot::uniform_map({geometry.sector_bytes, *numbers.firmware_size, *numbers.filesystem_size,
                                    *numbers.base, *numbers.record_sectors, *numbers.history_sectors});
  const std::uint32_t note_bytes = *numbers.note_sectors * geometry.sector_bytes;
  layout.resets = {static_cast<std::uint32_t>(boot::end_of(layout.slots)), note_bytes};
  layout.seed = {layout.resets.end(), note_bytes};
  if (!boot::check(layout.slots, Chip{geometry}).ok() || layout.seed.end() > geometry.size_bytes ||
      *numbers.note_sectors < 2) {
    refuse(fmt::format("{}: the areas do not fit the flash or its sectors", path));
  }
  return layout;
}

}  // namespace airlift::cli
