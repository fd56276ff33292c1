#include "airlift_server/device_request.hpp"

#include <gtest/gtest.h>

#include <string>

#include "airlift/http/request_reader.hpp"

namespace airlift::server {
namespace {

using Mode = DeviceRequest::Mode;

/// What becomes of the headers; the views live as long as it.
struct Asking {
  explicit Asking(std::string_view lines) : text{"GET / HTTP/1.0\r\nHost: a\r\n"} {
    text.append(lines).append("\r\n");
    (void)reader.take(as_bytes(text));
    EXPECT_EQ(reader.state(), http::RequestReader::State::whole) << text;
  }
  std::string text;
  AskedHeaders headers;
  http::RequestReader reader{headers.for_reader()};
};

constexpr auto sha256_text{"00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"};
constexpr auto md5_text{"00112233445566778899aabbccddeeff"};

TEST(DeviceRequest, ReadsAnEsp8266) {
  const Asking asking{std::string{"x-ESP8266-Chip-ID: 1234\r\nx-ESP8266-STA-MAC: 5C:CF:7F:00:00:01\r\n"
                                  "x-ESP8266-AP-MAC: 5E:CF:7F:00:00:01\r\nx-ESP8266-free-space: 2097152\r\n"
                                  "x-ESP8266-sketch-size: 300000\r\nx-ESP8266-sketch-md5: "} +
                      md5_text +
                      "\r\nx-ESP8266-chip-size: 4194304\r\nx-ESP8266-sdk-version: 2.2.2-dev(38a443e)\r\n"
                      "x-ESP8266-mode: sketch\r\nx-ESP8266-version: 1.2.0\r\n"};
  const DeviceRequest device = asking.headers.device();
  EXPECT_EQ(device.mode, Mode::firmware);
  EXPECT_EQ(device.mac, "5C:CF:7F:00:00:01");
  EXPECT_EQ(device.version, "1.2.0");
  EXPECT_EQ(device.free_bytes, 2097152U);
  ASSERT_TRUE(device.sketch_md5);
  EXPECT_EQ(device.sketch_md5->at(1), 0x11);
  EXPECT_TRUE(device.tells_digest());
  EXPECT_EQ(device.digest, md5_text);
  EXPECT_FALSE(device.sketch_sha256 || device.image_sha256);
  EXPECT_EQ(device.name, "");
}

TEST(DeviceRequest, ReadsAnEsp32) {
  const Asking asking{std::string{"Cache-Control: no-cache\r\nx-ESP32-STA-MAC: 24:0A:C4:00:00:01\r\n"
                                  "x-ESP32-free-space: 1310720\r\nx-ESP32-sketch-sha256: "} +
                      sha256_text + "\r\nx-ESP32-mode: spiffs\r\n"};
  const DeviceRequest device = asking.headers.device();
  EXPECT_EQ(device.mode, Mode::filesystem);
  EXPECT_EQ(device.mac, "24:0A:C4:00:00:01");
  EXPECT_EQ(device.free_bytes, 1310720U);
  EXPECT_TRUE(device.sketch_sha256 && device.tells_digest());
  EXPECT_EQ(device.digest, sha256_text);
  EXPECT_EQ(device.version, "");
}

TEST(DeviceRequest, AirliftsDevicesJudgeTheirRoomThemselves) {
  const Asking asking{
      std::string{"x-ESP8266-free-space: 10\r\nx-ESP8266-mode: Version\r\nx-Airlift-Name: lamp\r\n"
                  "x-Airlift-SHA256: "} +
      sha256_text + "\r\n"};
  const DeviceRequest device = asking.headers.device();
  EXPECT_EQ(device.mode, Mode::version);
  EXPECT_EQ(device.name, "lamp");
  EXPECT_TRUE(device.image_sha256);
  EXPECT_EQ(device.digest, sha256_text);
  EXPECT_FALSE(device.free_bytes);
}

TEST(DeviceRequest, WhatIsNoDigestAndNoNumberIsNotThere) {
  const Asking asking{
      "x-ESP8266-sketch-md5: 0011\r\nx-ESP32-sketch-sha256: zz\r\nx-ESP8266-free-space: -1\r\n"
      "x-Airlift-SHA256:\r\nx-ESP8266-mode: other\r\n"};
  const DeviceRequest device = asking.headers.device();
  EXPECT_FALSE(device.tells_digest());
  EXPECT_FALSE(device.free_bytes);
  EXPECT_EQ(device.mode, Mode::firmware);
}

TEST(DeviceRequest, ReadsConditions) {
  const Asking asking{
      "If-Match: a\r\nIf-None-Match: b\r\nIf-Modified-Since: c\r\nIf-Range: d\r\nRange: e\r\n"};
  const Conditions conditions = asking.headers.conditions(asking.reader.request());
  EXPECT_EQ(conditions.if_match, "a");
  EXPECT_EQ(conditions.if_none_match, "b");
  EXPECT_EQ(conditions.if_modified_since, "c");
  EXPECT_EQ(conditions.if_range, "d");
  EXPECT_EQ(conditions.range, "e");
}

}  // namespace
}  // namespace airlift::server
