// What every ConfigStore does, against the configuration directory and its fake.

#include "airlift/port/config_store.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "config_files.hpp"
#include "support/fake_config_store.hpp"
#include "support/fake_system.hpp"
#include "support/temp_directory.hpp"

namespace airlift {
namespace {

constexpr std::string_view some_text{R"({"lamp": {"0": {"pin": 4}}})"};
constexpr std::string_view other_text{R"({"lamp": {"0": {"pin": 5}, "1": {}}})"};

struct Directory {
  port::ConfigStore& tested() { return files; }
  void put(std::string_view name, std::string_view text) { folder.write(name, text); }

  testing::TempDirectory folder;
  testing::MemoryLog log;
  device::ConfigFiles files{folder.path(), log};
};

struct Fake {
  Fake() { files.texts = {}; }
  port::ConfigStore& tested() { return files; }
  void put(std::string_view name, std::string_view text) { files.texts[name == "env.json" ? 0 : 1] = text; }

  testing::FakeConfigStore files;
};

template <typename Place>
class ConfigStoreContract : public ::testing::Test {
 protected:
  /// The text as it is shown, read in pieces of `step` bytes.
  std::string text_of(std::string_view name, std::size_t step = 1000) {
    std::string text;
    std::array<std::uint8_t, 1000> piece{};
    while (true) {
      const auto read =
          store_.read(name, static_cast<std::uint32_t>(text.size()), MutableBytes{piece}.first(step));
      EXPECT_TRUE(read.ok());
      if (!read.ok() || read.value() == 0) return text;
      text += as_text(Bytes{piece}.first(read.value()));
    }
  }
  Status send(std::string_view name, std::string_view text, std::size_t step = 1000) {
    if (const Status begun = store_.begin(name, static_cast<std::uint32_t>(text.size())); !begun.ok()) {
      return begun;
    }
    for (; !text.empty(); text.remove_prefix(std::min(step, text.size()))) {
      EXPECT_TRUE(store_.append(as_bytes(text.substr(0, step))).ok());
    }
    return store_.finish();
  }

  Place place_;
  port::ConfigStore& store_{place_.tested()};
};

using Places = ::testing::Types<Directory, Fake>;
TYPED_TEST_SUITE(ConfigStoreContract, Places);

TYPED_TEST(ConfigStoreContract, NamesTheFilesThereCanBe) {
  this->place_.put("config.json", some_text);
  ASSERT_TRUE(this->store_.file(0));
  EXPECT_EQ(this->store_.file(0)->name, "env.json");
  EXPECT_FALSE(this->store_.file(0)->there);
  ASSERT_TRUE(this->store_.file(1));
  EXPECT_EQ(this->store_.file(1)->name, "config.json");
  EXPECT_TRUE(this->store_.file(1)->there);
  EXPECT_EQ(this->store_.file(1)->size_bytes, some_text.size());
  EXPECT_FALSE(this->store_.file(2));
}

TYPED_TEST(ConfigStoreContract, ReadsInPieces) {
  this->place_.put("config.json", some_text);
  EXPECT_EQ(this->text_of("config.json"), some_text);
  EXPECT_EQ(this->text_of("config.json", 1), some_text);
  std::array<std::uint8_t, 4> piece{};
  EXPECT_EQ(this->store_.read("config.json", 100000, piece).value(), 0U);
}

TYPED_TEST(ConfigStoreContract, ReadsOnlyItsFilesAndOnlyWhatIsThere) {
  std::array<std::uint8_t, 4> piece{};
  for (const std::string_view name : {"env.json", "../env.json", "other.json", ""}) {
    EXPECT_EQ(this->store_.read(name, 0, piece).error(), UpdateError::file_unreadable) << name;
  }
}

TYPED_TEST(ConfigStoreContract, ReplacesAFileAndMakesOneThatWasNotThere) {
  this->place_.put("env.json", some_text);
  EXPECT_TRUE(this->send("env.json", other_text).ok());
  EXPECT_EQ(this->text_of("env.json"), other_text);
  EXPECT_TRUE(this->send("config.json", some_text, 1).ok());
  EXPECT_EQ(this->text_of("config.json"), some_text);
}

TYPED_TEST(ConfigStoreContract, ChangesNothingWhenTheTextIsWrong) {
  this->place_.put("env.json", some_text);
  EXPECT_EQ(this->send("env.json", "no JSON").error(), UpdateError::bad_configuration);
  EXPECT_NE(this->store_.problem(), "");
  EXPECT_EQ(this->send("env.json", "").error(), UpdateError::bad_configuration);
  EXPECT_EQ(this->text_of("env.json"), some_text);
  EXPECT_TRUE(this->send("env.json", other_text).ok());
}

TYPED_TEST(ConfigStoreContract, ChangesNothingWhenItIsCancelledOrBegunAnew) {
  this->place_.put("env.json", some_text);
  this->store_.cancel();
  ASSERT_TRUE(this->store_.begin("env.json", 100).ok());
  ASSERT_TRUE(this->store_.append(as_bytes(other_text)).ok());
  this->store_.cancel();
  EXPECT_EQ(this->store_.append(as_bytes(other_text)).error(), UpdateError::storage_failed);
  EXPECT_EQ(this->store_.finish().error(), UpdateError::storage_failed);
  EXPECT_EQ(this->text_of("env.json"), some_text);
  ASSERT_TRUE(this->store_.begin("env.json", 100).ok());
  ASSERT_TRUE(this->store_.append(as_bytes("{ half of")).ok());
  EXPECT_TRUE(this->send("env.json", other_text).ok());
  EXPECT_EQ(this->text_of("env.json"), other_text);
}

TYPED_TEST(ConfigStoreContract, TakesNoOtherNamesAndNothingTooLong) {
  EXPECT_EQ(this->store_.begin("../env.json", 1).error(), UpdateError::file_unreadable);
  EXPECT_EQ(this->store_.begin("other.json", 1).error(), UpdateError::file_unreadable);
  EXPECT_TRUE(this->store_.begin("env.json", 16384).ok());
  EXPECT_EQ(this->store_.begin("env.json", 16385).error(), UpdateError::too_long);
  EXPECT_EQ(this->store_.finish().error(), UpdateError::storage_failed);
}

TYPED_TEST(ConfigStoreContract, RemovesAFile) {
  this->place_.put("env.json", some_text);
  EXPECT_TRUE(this->store_.remove("env.json").ok());
  EXPECT_FALSE(this->store_.file(0)->there);
  EXPECT_EQ(this->store_.remove("env.json").error(), UpdateError::file_unreadable);
  EXPECT_EQ(this->store_.remove("../env.json").error(), UpdateError::file_unreadable);
}

}  // namespace
}  // namespace airlift
