#if defined(ARDUINO_ARCH_ESP32)
#include "airlift/arduino/esp32/nvs_sectors.hpp"

#include <algorithm>

#include "airlift/base/fixed_string.hpp"

namespace airlift::arduino::esp32 {
namespace {

constexpr const char* name_space{"airlift"};
constexpr std::uint8_t erased{0xFF};

using BlobName = FixedString<NVS_KEY_NAME_MAX_SIZE - 1>;

BlobName name_of(std::uint32_t sector) {
  return BlobName{"s"}.append_number(sector);
}

}  // namespace

NvsSectors::~NvsSectors() {
  if (handle_ != 0) nvs_close(handle_);
}

Status NvsSectors::open() {
  if (handle_ != 0 || nvs_open(name_space, NVS_READWRITE, &handle_) == ESP_OK) return {};
  handle_ = 0;
  return UpdateError::flash_read;
}

/// A sector without a blob is erased.
Result<NvsSectors::Sector*> NvsSectors::load(std::uint32_t number) {
  if (loaded_ == number) return &sector_;
  loaded_ = none;
  sector_.fill(erased);
  std::size_t size{sector_.size()};
  const esp_err_t got = nvs_get_blob(handle_, name_of(number).c_str(), sector_.data(), &size);
  if (got != ESP_OK && got != ESP_ERR_NVS_NOT_FOUND) return UpdateError::flash_read;
  loaded_ = number;
  return &sector_;
}

/// The erased end is not stored: NVS is small.
Status NvsSectors::store() {
  std::size_t used{sector_.size()};
  while (used > 0 && sector_[used - 1] == erased) --used;
  if (used == 0) return {};
  if (nvs_set_blob(handle_, name_of(loaded_).c_str(), sector_.data(), used) == ESP_OK &&
      nvs_commit(handle_) == ESP_OK)
    return {};
  loaded_ = none;
  return UpdateError::flash_write;
}

Status NvsSectors::erase(std::uint32_t number) {
  loaded_ = none;
  const esp_err_t gone = nvs_erase_key(handle_, name_of(number).c_str());
  if (gone == ESP_ERR_NVS_NOT_FOUND || (gone == ESP_OK && nvs_commit(handle_) == ESP_OK)) return {};
  return UpdateError::flash_erase;
}

template <typename Act>
Status NvsFlash::in_sectors(std::uint32_t address, std::size_t size, Act act) {
  for (std::size_t done = 0; done < size;) {
    const std::uint32_t at = address + static_cast<std::uint32_t>(done);
    const std::uint32_t begin = at % NvsSectors::sector_bytes;
    const std::size_t count = std::min<std::size_t>(NvsSectors::sector_bytes - begin, size - done);
    const Result<NvsSectors::Sector*> sector = sectors_.load(first_ + at / NvsSectors::sector_bytes);
    if (!sector.ok()) return sector.error();
    const MutableBytes place = MutableBytes{*sector.value()}.subspan(begin, count);
    if (const Status acted = act(place, done); !acted.ok()) return acted;
    done += count;
  }
  return {};
}

Status NvsFlash::do_read(std::uint32_t address, MutableBytes into) {
  return in_sectors(address, into.size(), [&](MutableBytes stored, std::size_t done) {
    std::copy(stored.begin(), stored.end(), into.begin() + done);
    return Status{};
  });
}

Status NvsFlash::do_erase_sector(std::uint32_t address) {
  return sectors_.erase(first_ + address / NvsSectors::sector_bytes);
}

Status NvsFlash::do_program(std::uint32_t address, Bytes bytes) {
  const Status free = in_sectors(address, bytes.size(), [](MutableBytes stored, std::size_t) {
    const bool all = std::all_of(stored.begin(), stored.end(), [](std::uint8_t b) { return b == erased; });
    return all ? Status{} : Status{UpdateError::flash_misuse};
  });
  if (!free.ok()) return free;
  return in_sectors(address, bytes.size(), [&](MutableBytes stored, std::size_t done) {
    const Bytes wanted = bytes.subspan(done, stored.size());
    std::copy(wanted.begin(), wanted.end(), stored.begin());
    return sectors_.store();
  });
}

}  // namespace airlift::arduino::esp32
#endif
