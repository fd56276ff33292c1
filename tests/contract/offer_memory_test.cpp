// What every OfferMemory does, and what the file does besides.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "airlift_posix/file_offer_memory.hpp"
#include "support/fake_offer_memory.hpp"
#include "support/temp_directory.hpp"

namespace airlift {
namespace {

using Record = port::OfferMemory::Record;
using testing::TempDirectory;

/// The same memory as another run of the device sees it.
struct FakePlace {
  testing::FakeOfferMemory memory;
  testing::FakeOfferMemory& open() { return memory; }
};
struct FilePlace {
  TempDirectory directory;
  std::string path{directory.path() + "/offer"};
  posix::FileOfferMemory open() { return posix::FileOfferMemory{path}; }
};

template <typename Place>
class OfferMemoryContract : public ::testing::Test {
 protected:
  Place place_;
};
using Places = ::testing::Types<FakePlace, FilePlace>;
TYPED_TEST_SUITE(OfferMemoryContract, Places);

Record record_of(std::string_view etag, std::uint8_t first) {
  Record record;
  record.etag.append(etag);
  for (std::size_t i = 0; i < record.sha256.size(); ++i)
    record.sha256[i] = static_cast<std::uint8_t>(first + i);
  return record;
}

TYPED_TEST(OfferMemoryContract, IsEmptyAtFirst) {
  EXPECT_EQ(this->place_.open().load().etag, std::string_view{});
}

TYPED_TEST(OfferMemoryContract, KeepsTheLastRecordForTheNextRun) {
  const std::string longest = '"' + std::string(Record{}.etag.capacity() - 2, 'x') + '"';
  for (const std::string& etag : {std::string{"\"6712-1a2b\""}, std::string{"W/\"a b  c \""}, longest}) {
    for (const std::uint8_t first : std::initializer_list<std::uint8_t>{0, 240}) {
      const Record record = record_of(etag, first);
      ASSERT_TRUE(this->place_.open().store(record).ok());
      const Record found = this->place_.open().load();
      EXPECT_EQ(found.etag.view(), etag);
      EXPECT_EQ(found.sha256, record.sha256);
    }
  }
}

TYPED_TEST(OfferMemoryContract, CanBeEmptied) {
  ASSERT_TRUE(this->place_.open().store(record_of("\"1\"", 1)).ok());
  ASSERT_TRUE(this->place_.open().store({}).ok());
  EXPECT_TRUE(this->place_.open().load().etag.empty());
}

TEST(FileOfferMemory, IsItsOwnersOnly) {
  FilePlace place;
  ASSERT_TRUE(place.open().store(record_of("\"1\"", 1)).ok());
  struct stat facts {};
  ASSERT_EQ(::stat(place.path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST(FileOfferMemory, TakesWhatCannotBeForNothing) {
  const std::string digest(64, 'a');
  for (const std::string& text :
       {std::string{}, std::string{"\"1\""}, digest.substr(1) + " \"1\"", digest + "a \"1\"",
        "g" + digest.substr(1) + " \"1\"", digest + " \"\x1b\"", digest + " " + std::string(129, 'x')}) {
    FilePlace place;
    (void)place.directory.write("offer", text + "\n");
    const Record found = place.open().load();
    EXPECT_TRUE(found.etag.empty()) << text;
    EXPECT_EQ(found.sha256, Record{}.sha256) << text;
  }
}

TEST(FileOfferMemory, SaysWhenItCannotBeWritten) {
  const TempDirectory directory;
  posix::FileOfferMemory memory{directory.path() + "/missing/offer"};
  EXPECT_EQ(memory.store({}).error(), UpdateError::storage_failed);
}

}  // namespace
}  // namespace airlift
