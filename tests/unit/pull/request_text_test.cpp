#include "airlift/pull/request_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace airlift::pull {
namespace {

Asker asker() {
  Asker one;
  one.board = "esp 12/e";
  one.name = "lamp";
  one.version = "1.0+b";
  one.station_mac = "AA:BB:CC:DD:EE:FF";
  one.chip_id = 123456;
  one.sdk_version = "2.2.2-dev";
  one.slot_bytes = 1000000;
  one.flash_bytes = 4194304;
  one.running.size_bytes = 500000;
  one.running.sha256.fill(0xAB);
  one.md5.emplace().fill(0xCD);
  return one;
}

std::string text_of(const RequestHeaders& headers) {
  std::string text;
  for (const port::HttpClient::Header& header : headers.view())
    text.append(header.name).append(": ").append(header.value).append("\n");
  return text;
}

TEST(ExpandUrl, FillsIn) {
  EXPECT_EQ(expand_url("https://h/{board}/{channel}/{name}?v={version}", "beta", asker()).view(),
            "https://h/esp%2012%2Fe/beta/lamp?v=1.0%2Bb");
  EXPECT_EQ(expand_url("https://h/a", "beta", asker()).view(), "https://h/a");
}

TEST(ExpandUrl, KnowsWhereThingsAre) {
  for (const std::string_view url : {"https://h:8443", "https://h:8443/"}) {
    EXPECT_EQ(expand_url(url, "stable", asker()).view(), "https://h:8443/esp%2012%2Fe/stable/firmware.bin");
  }
  Asker unknown = asker();
  unknown.version = {};
  EXPECT_EQ(expand_url("https://h/{version}", "x", unknown).view(), "https://h/esp%2012%2Fe/x/firmware.bin");
  EXPECT_EQ(expand_url("https://h/?", "x", asker()).view(), "https://h/?");
}

TEST(ExpandUrl, GivesNothingWhenItBecomesTooLong) {
  const std::string url = "https://h/" + std::string(240, 'a') + "{channel}";
  EXPECT_FALSE(expand_url(url, std::string(64, 'c'), asker()).empty());
  EXPECT_TRUE(expand_url(url, std::string(263, 'c'), asker()).empty());
}

TEST(RequestHeaders, OfAnEsp8266) {
  RequestHeaders headers;
  headers.start(ClientFamily::esp8266, "beta", asker());
  const std::string sha256 = "abababababababababababababababababababababababababababababababab";
  EXPECT_EQ(text_of(headers),
            "User-Agent: ESP8266-http-Update\n"
            "x-ESP8266-Chip-ID: 123456\n"
            "x-ESP8266-STA-MAC: AA:BB:CC:DD:EE:FF\n"
            "x-ESP8266-AP-MAC: AA:BB:CC:DD:EE:FF\n"
            "x-ESP8266-free-space: 1000000\n"
            "x-ESP8266-sketch-size: 500000\n"
            "x-ESP8266-sketch-md5: cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd\n"
            "x-ESP8266-chip-size: 4194304\n"
            "x-ESP8266-sdk-version: 2.2.2-dev\n"
            "x-ESP8266-mode: sketch\n"
            "x-ESP8266-version: 1.0+b\n"
            "x-Airlift-Board: esp 12/e\n"
            "x-Airlift-Channel: beta\n"
            "x-Airlift-Name: lamp\n"
            "x-Airlift-SHA256: " +
                sha256 + "\n");
}

TEST(RequestHeaders, OfAnEsp32) {
  RequestHeaders headers;
  headers.start(ClientFamily::esp32, "beta", asker());
  const std::string text = text_of(headers);
  EXPECT_EQ(text.substr(0, text.find('\n')), "User-Agent: ESP32-http-Update");
  EXPECT_NE(text.find("x-ESP32-sketch-sha256: abab"), std::string::npos);
  EXPECT_NE(text.find("x-ESP32-mode: sketch\n"), std::string::npos);
  EXPECT_EQ(text.find("Chip-ID"), std::string::npos);
  EXPECT_EQ(text.find("ESP8266"), std::string::npos);
}

TEST(RequestHeaders, SayNothingOfWhatIsNotKnown) {
  Asker fresh = asker();
  fresh.running = {};
  fresh.md5.reset();
  fresh.version = {};
  RequestHeaders headers;
  headers.start(ClientFamily::esp32, "x", fresh);
  const std::string text = text_of(headers);
  EXPECT_EQ(text.find("md5"), std::string::npos);
  EXPECT_EQ(text.find("sha256"), std::string::npos);
  EXPECT_EQ(text.find("SHA256"), std::string::npos);
  EXPECT_EQ(text.find("x-ESP32-version"), std::string::npos);
  EXPECT_NE(text.find("sketch-size: 0\n"), std::string::npos);
}

TEST(RequestHeaders, TakeNothingThatWouldEndALine) {
  RequestHeaders headers;
  headers.start(ClientFamily::esp8266, "x", asker());
  const std::size_t before = headers.view().size();
  headers.add("A", "b\r\nC: d");
  headers.add("A", "");
  EXPECT_EQ(headers.view().size(), before);
  headers.add("A", "b");
  EXPECT_EQ(headers.view().size(), before + 1);
}

TEST(RequestHeaders, LeaveOutWhatDoesNotFit) {
  RequestHeaders headers;
  headers.start(ClientFamily::esp8266, "x", asker());
  const std::size_t before = headers.view().size();
  headers.add("A", std::string(1536, 'a'));
  EXPECT_EQ(headers.view().size(), before);
  for (int i = 0; i < 30; ++i) headers.add("A", "a");
  EXPECT_EQ(headers.view().size(), 24U);
}

TEST(RequestHeaders, HaveRoomForTheLongest) {
  const std::string longest(64, 'x');
  Asker one = asker();
  one.board = one.name = longest;
  one.version = std::string_view{longest}.substr(0, 31);
  one.chip_id = one.slot_bytes = one.flash_bytes = one.running.size_bytes = 0xFFFFFFFF;
  RequestHeaders headers;
  headers.start(ClientFamily::esp32, longest, one);
  const std::string etag(128, 'e');
  headers.add("If-None-Match", etag);
  headers.add("Range", "bytes=4294967295-");
  EXPECT_NE(text_of(headers).find("If-None-Match: " + etag + "\nRange: bytes=4294967295-\n"),
            std::string::npos);
  EXPECT_EQ(headers.view().size(), 17U);
}

}  // namespace
}  // namespace airlift::pull
