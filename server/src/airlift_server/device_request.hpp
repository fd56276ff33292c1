#pragma once
// What a device says about itself when it asks for an image: the headers of ESP8266httpUpdate, ESP32's
// HTTPUpdate and Airlift. Facts: docs/design/update-server.md, "What real clients send".

#include <array>
#include <optional>

#include "airlift/crypto/hash.hpp"
#include "airlift/http/request.hpp"

namespace airlift::server {

/// Views, and empty when not there, as in http::Request.
struct Conditions {
  std::string_view if_match;
  std::string_view if_none_match;
  std::string_view if_modified_since;
  std::string_view if_range;
  std::string_view range;
};

struct DeviceRequest {
  enum class Mode : std::uint8_t {
    firmware,    ///< "sketch", or nothing said
    filesystem,  ///< "spiffs"
    version,     ///< only what version there is
  };
  Mode mode{Mode::firmware};
  std::string_view name;
  std::string_view mac;
  std::string_view version;                          ///< of what it runs
  std::string_view digest;                           ///< of that: the first of those below, as it was sent
  std::optional<crypto::Sha256Digest> image_sha256;  ///< Airlift's word
  std::optional<crypto::Sha256Digest> sketch_sha256;
  std::optional<crypto::Md5Digest> sketch_md5;
  /// Of a device that is helpless with an image larger than that; Airlift's judge themselves.
  std::optional<std::uint32_t> free_bytes;

  [[nodiscard]] bool tells_digest() const { return image_sha256 || sketch_sha256 || sketch_md5; }
};

/// The headers that are looked at besides those of http::Request: handed to a reader, then read here.
class AskedHeaders {
 public:
  AskedHeaders();
  AskedHeaders(const AskedHeaders&) = delete;
  AskedHeaders& operator=(const AskedHeaders&) = delete;

  [[nodiscard]] Span<http::ExtraHeader> for_reader() { return headers_; }
  [[nodiscard]] Conditions conditions(const http::Request& request) const;
  [[nodiscard]] DeviceRequest device() const;

 private:
  enum Index : std::uint8_t {
    if_match,
    if_modified_since,
    if_range,
    range,
    airlift_name,
    airlift_sha256,
    esp8266_mac,
    esp8266_free_space,
    esp8266_sketch_md5,
    esp8266_sketch_sha256,
    esp8266_mode,
    esp8266_version,
    esp32_mac,
    esp32_free_space,
    esp32_sketch_md5,
    esp32_sketch_sha256,
    esp32_mode,
    esp32_version,
    count
  };
  [[nodiscard]] std::string_view value(Index index) const { return headers_[index].value; }
  /// Whichever of the two cores' was sent.
  [[nodiscard]] std::string_view either(Index esp8266, Index esp32) const {
    return value(esp8266).empty() ? value(esp32) : value(esp8266);
  }

  std::array<http::ExtraHeader, count> headers_{};
};

}  // namespace airlift::server
