#if defined(ARDUINO_ARCH_ESP32)
#include "airlift/arduino/esp32/esp32_board.hpp"

#include <Arduino.h>
#include <esp_ota_ops.h>

#include "airlift/boot/image_reader.hpp"

namespace airlift::arduino::esp32 {
namespace {

constexpr std::uint16_t esp32_port{3232};  // of ArduinoOTA there

const esp_partition_t* find_app(esp_partition_subtype_t subtype) {
  return esp_partition_find_first(ESP_PARTITION_TYPE_APP, subtype, nullptr);
}

/// The SHA-256 of a partition's first bytes.
Result<crypto::Sha256Digest> digest_of(port::Flash& flash, std::uint32_t size_bytes, MutableBytes buffer) {
  crypto::Sha256 digest;
  for (std::uint32_t done = 0; done < size_bytes;) {
    const MutableBytes piece = buffer.first(std::min<std::size_t>(buffer.size(), size_bytes - done));
    if (const Status read = flash.read(done, piece); !read.ok()) return read.error();
    digest.update(piece);
    done += static_cast<std::uint32_t>(piece.size());
  }
  return digest.finish();
}

}  // namespace

std::string_view Esp32Board::board_id() const {
  return ARDUINO_VARIANT;
}

std::uint16_t Esp32Board::default_port() const {
  return esp32_port;
}

std::string_view Esp32Board::default_name() {
  if (!default_name_.empty()) return default_name_;
  constexpr std::string_view digits{"0123456789abcdef"};
  default_name_.append("esp32-");
  // The first byte of the address is the lowest of the number.
  std::uint64_t address = ESP.getEfuseMac();
  for (int i = 0; i < 6; ++i, address >>= 8U)
    default_name_.append(digits.substr(address >> 4U & 0xFU, 1)).append(digits.substr(address & 0xFU, 1));
  return default_name_;
}

Status Esp32Board::open() {
  if (flash_.geometry().size_bytes != 0) return {};
  app_a_.use(find_app(ESP_PARTITION_SUBTYPE_APP_OTA_0));
  app_b_.use(find_app(ESP_PARTITION_SUBTYPE_APP_OTA_1));
  if (app_a_.partition() == nullptr || app_b_.partition() == nullptr) return UpdateError::flash_misuse;
  filesystem_.use(
      esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_SPIFFS, nullptr));
  if (const Status opened = sectors_.open(); !opened.ok()) return opened;
  for (const Status added : {add(record_, map_.record), add(history_, map_.history),
                             add_slots(image::Kind::firmware, header_a_, app_a_, header_b_, app_b_)}) {
    if (!added.ok()) return added;
  }
  // It is in use while its new image arrives, as with ArduinoOTA: both slots are the same place.
  if (filesystem_.partition() == nullptr) return {};
  return add_slots(image::Kind::filesystem, filesystem_header_a_, filesystem_, filesystem_header_b_,
                   filesystem_);
}

Status Esp32Board::add(port::Flash& part, boot::Area& area) {
  if (!flash_.add(part)) return UpdateError::flash_misuse;
  area = {flash_.start_of_last(), part.geometry().size_bytes};
  return {};
}

Status Esp32Board::add_slots(image::Kind kind, NvsFlash& header_a, port::Flash& a, NvsFlash& header_b,
                             port::Flash& b) {
  auto& slots = map_.slots[static_cast<std::size_t>(kind)];
  const std::array<std::array<port::Flash*, 2>, 2> parts{{{&header_a, &a}, {&header_b, &b}}};
  for (std::size_t i = 0; i < slots.size(); ++i) {
    boot::Area body;
    if (const Status added = add(*parts[i][0], slots[i]); !added.ok()) return added;
    if (const Status added = add(*parts[i][1], body); !added.ok()) return added;
    slots[i].size_bytes += body.size_bytes;
  }
  return {};
}

boot::SlotId Esp32Board::running_slot() const {
  const esp_partition_t* running = esp_ota_get_running_partition();
  if (running == nullptr) return boot::SlotId::none;
  if (running->address == app_a_.partition()->address) return boot::SlotId::a;
  return running->address == app_b_.partition()->address ? boot::SlotId::b : boot::SlotId::none;
}

Status Esp32Board::boot_from(boot::SlotId slot) {
  const PartitionFlash& app = slot == boot::SlotId::a ? app_a_ : app_b_;
  if (esp_ota_set_boot_partition(app.partition()) == ESP_OK) return {};
  return UpdateError::application_missing;
}

bool Esp32Board::is_running(const boot::BootPlan& plan) {
  return plan.firmware == boot::SlotId::none || plan.firmware == running_slot();
}

Result<boot::BootPlan> Esp32Board::settle(boot::SlotStore& store, std::uint8_t most_attempts,
                                          MutableBytes buffer) {
  const Result<boot::BootPlan> plan = plan_start(store, most_attempts, buffer);
  if (!plan.ok() || is_running(plan.value())) {
    if (!plan.ok() || !plan.value().on_trial) confirmed();
    return plan;
  }
  if (boot_from(plan.value().firmware).ok()) return plan;
  // The IDF does not start it: what runs is what is left.
  if (const Status rejected = store.reject(UpdateError::application_missing); !rejected.ok())
    return rejected.error();
  boot::BootPlan stay;
  stay.firmware = running_slot();
  stay.rolled_back = UpdateError::application_missing;
  return stay;
}

/// Where the record and what runs disagree, either the loader has gone back from a candidate, or somebody has
/// brought other firmware by cable: that counts, and nothing the record says of its slot does.
Result<boot::BootPlan> Esp32Board::plan_start(boot::SlotStore& store, std::uint8_t most_attempts,
                                              MutableBytes buffer) {
  confirm_filesystem(store);
  const Result<boot::BootPlan> plan = boot::prepare_boot(store, most_attempts, buffer);
  const boot::SlotId running = running_slot();
  if (running == boot::SlotId::none || (plan.ok() && plan.value().firmware == running) ||
      (!plan.ok() && plan.error() != UpdateError::no_boot_record) || is_known(store, running, buffer))
    return plan;
  if (const Status taken = take_as_good(store, running, buffer); !taken.ok()) return taken.error();
  return boot::prepare_boot(store, most_attempts, buffer);
}

/// It was replaced in place: there is nothing to go back to, and the sketch may have changed it since.
void Esp32Board::confirm_filesystem(boot::SlotStore& store) {
  if (!store.load().ok() || store.record().of(image::Kind::firmware).candidate != boot::SlotId::none ||
      store.record().of(image::Kind::filesystem).candidate == boot::SlotId::none)
    return;
  // Not saved: it is tried like any other image.
  [[maybe_unused]] const bool saved = store.count_attempt().ok() && store.confirm().ok();
}

bool Esp32Board::is_known(boot::SlotStore& store, boot::SlotId slot, MutableBytes buffer) {
  const boot::SlotInfo& info = store.record().of(image::Kind::firmware).at(slot);
  return info.state != boot::SlotState::empty &&
         boot::check_image(flash_, store.image_area(image::Kind::firmware, slot), info.image, buffer).ok();
}

Status Esp32Board::take_as_good(boot::SlotStore& store, boot::SlotId slot, MutableBytes buffer) {
  PartitionFlash& app = slot == boot::SlotId::a ? app_a_ : app_b_;
  const std::uint32_t size_bytes = ESP.getSketchSize();
  const Result<crypto::Sha256Digest> digest = digest_of(app, size_bytes, buffer);
  if (!digest.ok()) return digest.error();
  return store.take_as_good(image::Kind::firmware, slot, {size_bytes, digest.value()});
}

/// Where the loader of the IDF waits for this, it would go back at the next start.
void Esp32Board::confirmed() {
  esp_ota_mark_app_valid_cancel_rollback();
}

Status Esp32Board::install(const boot::SlotStore& store) {
  const boot::SlotId candidate = store.record().of(image::Kind::firmware).candidate;
  // A filesystem image alone is tried with the firmware that runs.
  return candidate == boot::SlotId::none ? Status{} : boot_from(candidate);
}

void Esp32Board::restart() {
  ESP.restart();
}

}  // namespace airlift::arduino::esp32

namespace airlift::arduino {

SketchBoard& this_board() {
  static esp32::Esp32Board board;
  return board;
}

}  // namespace airlift::arduino

// The core asks at its start, and would else confirm a new image before it has shown that it works
// (arduino-esp32, esp32-hal-misc.c).
extern "C" bool verifyRollbackLater() {  // NOLINT(readability-identifier-naming): the core's name
  return true;
}
#endif
