// How the ESP32's board brings the record in line with what the IDF's loader started.

#include <esp_ota_ops.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "airlift/arduino/engine.hpp"
#include "airlift/arduino/esp32/esp32_board.hpp"
#include "chip.hpp"
#include "support/temp_directory.hpp"

extern "C" bool verifyRollbackLater();

namespace airlift::arduino::esp32 {
namespace {

using boot::SlotId;
using image::Kind;
using testing::TempDirectory;

constexpr std::uint8_t attempts{3};

std::string image_of(std::string_view name, std::size_t size = 10'000) {
  std::string image{"\xE9\x01\x02 "};
  image.append(name);
  image.resize(size, '#');
  return image;
}

/// One start of a sketch, as far as Airlift has to do with it.
struct Start {
  Start() {
    EXPECT_TRUE(board.open().ok());
    store.emplace(board.flash(), board.map());
    history.emplace(board.flash(), board.map().history);
    plan = board.settle(*store, attempts, buffer);
    history->load();
  }

  [[nodiscard]] bool stays() { return !plan->ok() || board.is_running(plan->value()); }
  [[nodiscard]] SlotId runs() const {
    return esp_ota_get_running_partition()->address == chip::app_0 ? SlotId::a : SlotId::b;
  }
  [[nodiscard]] const boot::BootRecord::Slots& slots() const { return store->record().of(Kind::firmware); }

  /// Outcomes: as Updater.
  UpdateError update(std::string_view image, Kind kind = Kind::firmware) {
    update::Updater updater{*store, *history, {buffer}};
    updater.set_installer(board);
    update::Announcement announcement;
    announcement.kind = kind;
    announcement.size_bytes = static_cast<std::uint32_t>(image.size());
    if (const Status begun = updater.begin(announcement); !begun.ok()) return begun.error();
    using Phase = update::Updater::Phase;
    for (int steps = 0; steps < 10'000; ++steps) {
      if (updater.phase() == Phase::done || updater.phase() == Phase::failed) break;
      const MutableBytes room = updater.room();
      const std::size_t count = std::min(room.size(), image.size());
      image.copy(reinterpret_cast<char*>(room.data()), count);
      image.remove_prefix(count);
      updater.took(count);
      updater.step();
    }
    EXPECT_TRUE(updater.phase() == Phase::done || updater.phase() == Phase::failed);
    return updater.error();
  }
  /// The sketch has shown that it works.
  void confirm() {
    EXPECT_TRUE(store->confirm().ok());
    board.confirmed();
  }

  Esp32Board board;
  std::array<std::uint8_t, 4096> buffer{};
  std::optional<boot::SlotStore> store;
  std::optional<boot::History> history;
  std::optional<Result<boot::BootPlan>> plan;
};

class Esp32BoardTest : public ::testing::Test {
 protected:
  Esp32BoardTest() { chip::connect(folder_.path()); }
  ~Esp32BoardTest() override { chip::disconnect(); }

  /// Starts until one stays. None does: the test has failed.
  std::optional<Start>& start() {
    for (int tries = 0; tries < 10; ++tries) {
      start_.reset();
      EXPECT_TRUE(chip::boot());
      start_.emplace();
      if (start_->stays()) return start_;
    }
    ADD_FAILURE() << "it restarts for ever";
    return start_;
  }
  void bring_by_cable(std::string_view name) {
    chip::flash_by_cable(image_of(name));
    start();
  }

  TempDirectory folder_;
  std::optional<Start> start_;
};

TEST_F(Esp32BoardTest, TakesTheFirstImageByCableForGood) {
  bring_by_cable("first");
  EXPECT_EQ(start_->runs(), SlotId::a);
  EXPECT_EQ(start_->slots().active, SlotId::a);
  EXPECT_EQ(start_->slots().at(SlotId::a).state, boot::SlotState::good);
  EXPECT_EQ(start_->slots().at(SlotId::a).image.size_bytes, 10'000U);
  EXPECT_FALSE(start_->plan->value().on_trial);
}

TEST_F(Esp32BoardTest, TriesANewImageAndKeepsIt) {
  bring_by_cable("first");
  ASSERT_EQ(start_->update(image_of("second")), UpdateError::none);
  start();
  EXPECT_EQ(start_->runs(), SlotId::b);
  EXPECT_TRUE(start_->plan->value().on_trial);
  EXPECT_TRUE(chip::is_pending()) << "the IDF's loader waits for the confirmation, too";
  start_->confirm();
  EXPECT_FALSE(chip::is_pending());
  start();
  EXPECT_EQ(start_->runs(), SlotId::b);
  EXPECT_FALSE(start_->plan->value().on_trial);
}

TEST_F(Esp32BoardTest, GoesBackWhenNobodyConfirms) {
  bring_by_cable("first");
  ASSERT_EQ(start_->update(image_of("second")), UpdateError::none);
  int starts_of_the_second{0};
  for (start(); start_->runs() == SlotId::b && starts_of_the_second < 10; start()) ++starts_of_the_second;
  EXPECT_GE(starts_of_the_second, 1);
  EXPECT_LE(starts_of_the_second, attempts);
  EXPECT_EQ(start_->runs(), SlotId::a);
  EXPECT_EQ(start_->slots().at(SlotId::b).state, boot::SlotState::bad);
  EXPECT_FALSE(chip::is_pending());
  EXPECT_EQ(start_->update(image_of("third")), UpdateError::none) << "the next one is taken";
}

TEST_F(Esp32BoardTest, GoesBackFromWhatCrashesBeforeItBegins) {
  bring_by_cable("first");
  ASSERT_EQ(start_->update(image_of("second")), UpdateError::none);
  int crashes{0};
  do {
    start_.reset();
    EXPECT_TRUE(chip::boot());
    EXPECT_EQ(esp_ota_get_running_partition()->address, chip::app_1) << "which crashes";
    EXPECT_TRUE(chip::boot());
    ASSERT_EQ(esp_ota_get_running_partition()->address, chip::app_0) << "the loader goes back by itself";
    start_.emplace();
  } while (!start_->stays() && ++crashes < 10);
  EXPECT_GE(crashes, 1);
  EXPECT_LE(crashes, attempts);
  EXPECT_EQ(start_->runs(), SlotId::a);
  EXPECT_EQ(start_->slots().at(SlotId::b).state, boot::SlotState::bad);
}

TEST_F(Esp32BoardTest, TakesWhatCameByCableWhateverTheRecordSays) {
  bring_by_cable("first");
  ASSERT_EQ(start_->update(image_of("second")), UpdateError::none);
  start();
  start_->confirm();
  bring_by_cable("by cable");
  EXPECT_EQ(start_->runs(), SlotId::a);
  EXPECT_EQ(start_->slots().active, SlotId::a);
  EXPECT_EQ(start_->slots().at(SlotId::b).state, boot::SlotState::good) << "the other one is still there";
  EXPECT_FALSE(start_->plan->value().on_trial);
  start();
  EXPECT_EQ(start_->runs(), SlotId::a);
}

TEST_F(Esp32BoardTest, TakesWhatCameByCableDuringATrial) {
  bring_by_cable("first");
  ASSERT_EQ(start_->update(image_of("second")), UpdateError::none);
  start();
  bring_by_cable("by cable");
  EXPECT_EQ(start_->runs(), SlotId::a);
  EXPECT_EQ(start_->slots().active, SlotId::a);
  EXPECT_FALSE(start_->store->record().has_candidate());
}

TEST_F(Esp32BoardTest, RefusesWhatTheLoaderWouldNotStart) {
  bring_by_cable("first");
  EXPECT_EQ(start_->update("no image of an ESP32 " + image_of("second")), UpdateError::application_missing);
  start();
  EXPECT_EQ(start_->runs(), SlotId::a);
  EXPECT_FALSE(start_->store->record().has_candidate());
}

TEST_F(Esp32BoardTest, ReplacesTheFilesystemInPlaceWithoutATrial) {
  bring_by_cable("first");
  ASSERT_EQ(start_->update("files " + std::string(5000, 'f'), Kind::filesystem), UpdateError::none);
  start();
  EXPECT_FALSE(start_->plan->value().on_trial);
  EXPECT_FALSE(start_->store->record().has_candidate());
  std::array<char, 6> stored{};
  const auto* const partition =
      esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_SPIFFS, nullptr);
  ASSERT_EQ(esp_partition_read(partition, 0, stored.data(), stored.size()), ESP_OK);
  EXPECT_EQ((std::string_view{stored.data(), stored.size()}), "files ");
}

TEST_F(Esp32BoardTest, StartsAndTakesTheNextImageWhereverThePowerWasCut) {
  bool cut{true};
  for (std::uint32_t changes = 0; cut; ++changes) {
    TempDirectory folder;
    chip::disconnect();
    chip::connect(folder.path());
    bring_by_cable("first");
    const std::uint32_t before = chip::changes();
    chip::cut_power_after(changes);
    [[maybe_unused]] const UpdateError lost = start_->update(image_of("second"));
    cut = chip::changes() - before > changes;
    start();
    EXPECT_TRUE(start_->plan->ok()) << changes;
    if (start_->plan->value().on_trial) start_->confirm();
    ASSERT_EQ(start_->update(image_of("third")), UpdateError::none) << changes;
    start();
    EXPECT_TRUE(start_->plan->value().on_trial) << changes;
    chip::disconnect();
    chip::connect(folder_.path());
  }
}

TEST_F(Esp32BoardTest, GoesThroughTrialAndRollbackWhereverThePowerIsCut) {
  // The power fails in each of the changes that a start makes: it never ends in a device without firmware.
  for (std::uint32_t changes = 0; changes < 12; ++changes) {
    TempDirectory folder;
    chip::disconnect();
    chip::connect(folder.path());
    bring_by_cable("first");
    ASSERT_EQ(start_->update(image_of("second")), UpdateError::none);
    start_.reset();
    ASSERT_TRUE(chip::boot());
    chip::cut_power_after(changes);
    start_.emplace();
    if (start_->plan->ok() && start_->plan->value().on_trial) {
      [[maybe_unused]] const bool confirmed = start_->store->confirm().ok();
      start_->board.confirmed();
    }
    start();
    EXPECT_TRUE(start_->plan->ok()) << changes;
    if (start_->plan->value().on_trial) start_->confirm();
    EXPECT_EQ(start_->update(image_of("third")), UpdateError::none) << changes;
    chip::disconnect();
    chip::connect(folder_.path());
  }
}

TEST_F(Esp32BoardTest, IsCalledAsArduinoOtaCallsIt) {
  bring_by_cable("first");
  EXPECT_EQ(start_->board.default_name(), "esp32-a1b2c3d4e5f6");
  EXPECT_EQ(start_->board.default_port(), 3232);
  EXPECT_EQ(start_->board.board_id(), "esp32");
  EXPECT_TRUE(verifyRollbackLater()) << "the core must not confirm for the sketch";
}

}  // namespace
}  // namespace airlift::arduino::esp32
