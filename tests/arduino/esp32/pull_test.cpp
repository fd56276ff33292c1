// What the pull client needs on the ESP32, where no server is asked yet.

#include <gtest/gtest.h>
#include <nvs.h>

#include <string>

#include "airlift/arduino/esp32/https_client.hpp"
#include "airlift/arduino/esp32/nvs_offer_memory.hpp"
#include "chip.hpp"
#include "support/temp_directory.hpp"

namespace airlift::arduino::esp32 {
namespace {

using Roots = port::HttpClient::Trust::Roots;
using State = port::HttpClient::State;

port::HttpClient::Request request_of(std::string_view url, Roots roots = Roots::file) {
  port::HttpClient::Request request;
  request.url = url;
  request.trust.roots = roots;
  return request;
}

TEST(Esp32HttpsClient, NeedsAnAuthorityOfTheSketchsForHttps) {
  constexpr std::string_view url{"https://updates.example.org/"};
  EXPECT_EQ(HttpsClient{nullptr}.start(request_of(url)).error(), UpdateError::tls_failed);
  HttpsClient client{"PEM"};
  EXPECT_EQ(client.start(request_of(url, Roots::system)).error(), UpdateError::tls_failed);
  EXPECT_EQ(client.start(request_of(url, Roots::none)).error(), UpdateError::tls_failed);
  port::HttpClient::Request pinned = request_of(url);
  const port::HttpClient::Pin pin{};
  pinned.trust.pins = {&pin, 1};
  EXPECT_EQ(client.start(pinned).error(), UpdateError::tls_failed);
  EXPECT_EQ(client.state(), State::idle);
  EXPECT_TRUE(client.start(request_of(url)).ok());
}

TEST(Esp32HttpsClient, RefusesWhatItCannotSend) {
  HttpsClient client{nullptr};
  const std::string url{"http://127.0.0.1/"};
  EXPECT_EQ(client.start(request_of(url + std::string(512, 'a'))).error(), UpdateError::bad_response);
  EXPECT_EQ(client.start(request_of(url + "\r\n")).error(), UpdateError::bad_response);
  port::HttpClient::Request request = request_of(url);
  request.proxy = "http://127.0.0.1:3128";
  EXPECT_EQ(client.start(request).error(), UpdateError::bad_response);
  request = request_of(url);
  request.credentials = "user:pass\r\nX: y";
  EXPECT_EQ(client.start(request).error(), UpdateError::bad_response);
  request = request_of(url);
  const port::HttpClient::Header split{"X", "a\r\nY: b"};
  request.headers = {&split, 1};
  EXPECT_EQ(client.start(request).error(), UpdateError::bad_response);
  EXPECT_EQ(client.state(), State::idle);
}

TEST(Esp32HttpsClient, FailsWhereNobodyListens) {
  HttpsClient client{nullptr};
  ASSERT_TRUE(client.start(request_of("http://127.0.0.1:1/")).ok());
  EXPECT_EQ(client.state(), State::failed);
  EXPECT_EQ(client.error(), UpdateError::no_connection);
  client.cancel();
  EXPECT_EQ(client.state(), State::idle);
}

TEST(Esp32OfferMemory, KeepsItsRecordAndForgetsADamagedOne) {
  const testing::TempDirectory folder;
  chip::connect(folder.path());
  NvsOfferMemory memory;
  EXPECT_TRUE(memory.load().etag.empty());
  port::OfferMemory::Record record;
  record.etag.append("\"abc\"");
  record.sha256.fill(7);
  ASSERT_TRUE(memory.store(record).ok());
  EXPECT_EQ(NvsOfferMemory{}.load().etag.view(), "\"abc\"");
  EXPECT_EQ(NvsOfferMemory{}.load().sha256, record.sha256);
  for (const std::string& damaged : {std::string(31, 'x'), std::string(32, 'x') + "a\nb"}) {
    ASSERT_EQ(nvs_set_blob(1, "offer", damaged.data(), damaged.size()), ESP_OK);
    EXPECT_TRUE(memory.load().etag.empty());
  }
  chip::cut_power_after(0);
  EXPECT_EQ(memory.store(record).error(), UpdateError::storage_failed);
  chip::flash_by_cable("\xe9");
  EXPECT_TRUE(chip::boot());
  chip::disconnect();
}

}  // namespace
}  // namespace airlift::arduino::esp32
