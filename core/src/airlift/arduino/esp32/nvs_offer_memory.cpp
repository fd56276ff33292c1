#if defined(ARDUINO_ARCH_ESP32)
#include "airlift/arduino/esp32/nvs_offer_memory.hpp"

#include <nvs.h>

#include <algorithm>

#include "airlift/codec/text.hpp"

namespace airlift::arduino::esp32 {
namespace {

constexpr const char* name_space{"airlift"};
constexpr const char* key{"offer"};
constexpr std::size_t digest_bytes{32};
/// The digest, then the ETag.
using Blob = std::array<std::uint8_t, digest_bytes + 128>;

}  // namespace

port::OfferMemory::Record NvsOfferMemory::load() {
  nvs_handle_t handle{0};
  if (nvs_open(name_space, NVS_READONLY, &handle) != ESP_OK) return {};
  Blob blob{};
  std::size_t size{blob.size()};
  const bool there = nvs_get_blob(handle, key, blob.data(), &size) == ESP_OK && size > digest_bytes;
  nvs_close(handle);
  const std::string_view etag =
      as_text(Bytes{blob}.first(std::max(size, digest_bytes)).subspan(digest_bytes));
  if (!there || !codec::all_printable(etag)) return {};
  Record record;
  std::copy_n(blob.begin(), digest_bytes, record.sha256.begin());
  record.etag.append(etag);
  return record;
}

Status NvsOfferMemory::store(const Record& record) {
  nvs_handle_t handle{0};
  if (nvs_open(name_space, NVS_READWRITE, &handle) != ESP_OK) return UpdateError::storage_failed;
  Blob blob{};
  std::copy(record.sha256.begin(), record.sha256.end(), blob.begin());
  const std::string_view etag = record.etag;
  std::copy(etag.begin(), etag.end(), blob.begin() + digest_bytes);
  const bool stored = nvs_set_blob(handle, key, blob.data(), digest_bytes + etag.size()) == ESP_OK &&
                      nvs_commit(handle) == ESP_OK;
  nvs_close(handle);
  return stored ? Status{} : Status{UpdateError::storage_failed};
}

}  // namespace airlift::arduino::esp32
#endif
