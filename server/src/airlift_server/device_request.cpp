#include "airlift_server/device_request.hpp"

#include "airlift/codec/text.hpp"

namespace airlift::server {
namespace {

template <typename Digest>
std::optional<Digest> digest_in(std::string_view text) {
  Digest digest{};
  if (!codec::from_hex(text, digest)) return std::nullopt;
  return digest;
}

DeviceRequest::Mode mode_in(std::string_view text) {
  using Mode = DeviceRequest::Mode;
  if (codec::equal_ignoring_case(text, "version")) return Mode::version;
  return codec::equal_ignoring_case(text, "spiffs") ? Mode::filesystem : Mode::firmware;
}

}  // namespace

AskedHeaders::AskedHeaders() {
  const auto name = [this](Index index, std::string_view text) { headers_[index].name = text; };
  name(if_match, "If-Match");
  name(if_modified_since, "If-Modified-Since");
  name(if_range, "If-Range");
  name(range, "Range");
  name(airlift_name, "x-Airlift-Name");
  name(airlift_sha256, "x-Airlift-SHA256");
  name(esp8266_mac, "x-ESP8266-STA-MAC");
  name(esp8266_free_space, "x-ESP8266-free-space");
  name(esp8266_sketch_md5, "x-ESP8266-sketch-md5");
  name(esp8266_sketch_sha256, "x-ESP8266-sketch-sha256");
  name(esp8266_mode, "x-ESP8266-mode");
  name(esp8266_version, "x-ESP8266-version");
  name(esp32_mac, "x-ESP32-STA-MAC");
  name(esp32_free_space, "x-ESP32-free-space");
  name(esp32_sketch_md5, "x-ESP32-sketch-md5");
  name(esp32_sketch_sha256, "x-ESP32-sketch-sha256");
  name(esp32_mode, "x-ESP32-mode");
  name(esp32_version, "x-ESP32-version");
}

Conditions AskedHeaders::conditions(const http::Request& request) const {
  return {value(if_match), request.if_none_match, value(if_modified_since), value(if_range), value(range)};
}

DeviceRequest AskedHeaders::device() const {
  DeviceRequest device;
  device.mode = mode_in(either(esp8266_mode, esp32_mode));
  device.name = value(airlift_name);
  device.mac = either(esp8266_mac, esp32_mac);
  device.version = either(esp8266_version, esp32_version);
  for (const std::string_view each :
       {value(airlift_sha256), either(esp8266_sketch_sha256, esp32_sketch_sha256),
        either(esp8266_sketch_md5, esp32_sketch_md5)}) {
    if (device.digest.empty()) device.digest = each;
  }
  device.image_sha256 = digest_in<crypto::Sha256Digest>(value(airlift_sha256));
  device.sketch_sha256 = digest_in<crypto::Sha256Digest>(either(esp8266_sketch_sha256, esp32_sketch_sha256));
  device.sketch_md5 = digest_in<crypto::Md5Digest>(either(esp8266_sketch_md5, esp32_sketch_md5));
  if (!device.image_sha256) {
    device.free_bytes = codec::parse_number(either(esp8266_free_space, esp32_free_space));
  }
  return device;
}

}  // namespace airlift::server
