#if defined(ARDUINO_ARCH_ESP8266)

#include "airlift/arduino/esp8266/esp8266_board.hpp"

#include <Arduino.h>
#include <eboot_command.h>
#include <flash_hal.h>

#include "airlift/arduino/esp8266/second_stack.hpp"
#include "airlift/codec/text.hpp"
#include "airlift/image/esp_image.hpp"

#ifndef ARDUINO_BOARD_ID
#define ARDUINO_BOARD_ID "generic"  // as a build without the IDE or PlatformIO gets it
#endif

namespace airlift::arduino::esp8266 {
namespace {

constexpr std::uint32_t sector{ChipFlash::sector_bytes};
constexpr std::uint32_t record_sectors{3};
constexpr std::uint32_t history_sectors{2};

constexpr std::uint32_t in_whole_sectors(std::uint32_t bytes) {
  return (bytes + sector - 1) / sector * sector;
}

}  // namespace

/// As the core's own responder says it (ESP8266mDNS, enableArduino).
std::string_view Esp8266Board::board_id() const {
  return ARDUINO_BOARD_ID;
}

/// As ArduinoOTA names it.
std::string_view Esp8266Board::default_name() {
  const std::uint32_t id = ESP.getChipId();
  const std::array<std::uint8_t, 3> bytes{static_cast<std::uint8_t>(id >> 16 & 0xFF),
                                          static_cast<std::uint8_t>(id >> 8 & 0xFF),
                                          static_cast<std::uint8_t>(id & 0xFF)};
  name_ = FixedString<16>{"esp8266-"}.append(codec::view(codec::to_hex(bytes)));
  return name_;
}

boot::Area Esp8266Board::add(ChipFlash& part) {
  const std::uint32_t size = part.geometry().size_bytes;
  if (size == 0 || !flash_.add(part)) return {};
  return {flash_.start_of_last(), size};
}

/// Both slots are the same memory: what is in use has been copied out of it.
std::array<boot::Area, 2> Esp8266Board::add_slots(ChipFlash& header, ChipFlash& body) {
  std::array<boot::Area, 2> slots{};
  if (body.geometry().size_bytes == 0) return slots;
  for (boot::Area& slot : slots) {
    slot = add(header);
    slot.size_bytes += add(body).size_bytes;
  }
  return slots;
}

Status Esp8266Board::open() {
  constexpr std::uint32_t state_bytes{(record_sectors + history_sectors + 2) * sector};
  flash_.clear();
  map_ = {};
  const std::uint32_t staging_start = in_whole_sectors(ESP.getSketchSize());
  const std::uint32_t end = FS_PHYS_ADDR;
  if (end < staging_start + state_bytes + sector) return UpdateError::flash_misuse;
  sketch_.set_range(0, staging_start);
  staging_.set_range(staging_start, end - state_bytes - staging_start);
  filesystem_.set_range(FS_PHYS_ADDR, FS_PHYS_SIZE / sector * sector);
  std::uint32_t at = end - state_bytes;
  const auto take = [&](ChipFlash& part, std::uint32_t sectors) {
    part.set_range(at, sectors * sector);
    at += sectors * sector;
  };
  take(record_, record_sectors);
  take(history_, history_sectors);
  take(firmware_header_, 1);
  take(filesystem_header_, 1);
  map_.image_offset_bytes = sector;
  map_.record = add(record_);
  map_.history = add(history_);
  map_.slots = {add_slots(firmware_header_, staging_), add_slots(filesystem_header_, filesystem_)};
  return {};
}

/// A filesystem lies where it is used, and has been written to since: it counts as it is.
Result<boot::BootPlan> Esp8266Board::settle(boot::SlotStore& store, std::uint8_t /*most_attempts*/,
                                            MutableBytes buffer) {
  if (const Status loaded = store.load(); !loaded.ok()) return loaded.error();
  const boot::BootRecord::Slots& firmware = store.record().of(image::Kind::firmware);
  if (store.record().has_candidate()) {
    const bool runs = firmware.candidate == boot::SlotId::none ||
                      is_running_sketch(firmware.at(firmware.candidate).image, buffer);
    if (!runs) {
      if (const Status rejected = store.reject(UpdateError::trial_interrupted); !rejected.ok())
        return rejected.error();
    } else {
      if (const Status counted = store.count_attempt(); !counted.ok()) return counted.error();
      if (const Status confirmed = store.confirm(); !confirmed.ok()) return confirmed.error();
    }
  }
  boot::BootPlan plan;
  plan.firmware = firmware.active;
  return plan;
}

bool Esp8266Board::is_running_sketch(const image::Identity& image, MutableBytes buffer) {
  if (image.size_bytes > sketch_.geometry().size_bytes) return false;
  crypto::Sha256 digest;
  for (std::uint32_t done = 0; done < image.size_bytes;) {
    const MutableBytes piece = buffer.first(std::min<std::size_t>(buffer.size(), image.size_bytes - done));
    if (!sketch_.read(done, piece).ok()) return false;
    digest.update(piece);
    done += static_cast<std::uint32_t>(piece.size());
  }
  return digest.finish() == image.sha256;
}

/// eboot copies it at the next start (bootloaders/eboot). It looks at nothing: what could not run must not
/// get there. The flash mode is that of the chip's wiring (ArduinoOTA changes the image instead, which would
/// not be what was signed).
Status Esp8266Board::install(const boot::SlotStore& store) {
  const boot::BootRecord::Slots& firmware = store.record().of(image::Kind::firmware);
  if (firmware.candidate == boot::SlotId::none) return {};
  std::array<std::uint8_t, 32> now{};
  std::array<std::uint8_t, 32> next{};
  if (!sketch_.read(0, now).ok() || !staging_.read(0, next).ok()) return UpdateError::flash_read;
  const auto running = image::EspImage::parse(now);
  const auto staged = image::EspImage::parse(next);
  if (!staged) return UpdateError::no_image;
  if (running && running->flash_mode() != staged->flash_mode()) return UpdateError::wrong_board;
  eboot_command command{};
  command.action = ACTION_COPY_RAW;
  command.args[0] = staging_.start();
  command.args[1] = 0;
  command.args[2] = firmware.at(firmware.candidate).image.size_bytes;
  eboot_command_write(&command);
  return {};
}

void Esp8266Board::run(void (*work)(void*), void* context) {
  run_on_second_stack(work, context);
}

void Esp8266Board::restart() {
  // The sketch's last words may still be on their way.
  delay(100);
  ESP.restart();
}

}  // namespace airlift::arduino::esp8266

airlift::arduino::SketchBoard& airlift::arduino::this_board() {
  static esp8266::Esp8266Board board;
  return board;
}

/// A TLS connection and an upload's buffers do not fit its memory side by side.
bool airlift::arduino::add_update_element(Engine&, const char*) {
  return false;
}

#endif
