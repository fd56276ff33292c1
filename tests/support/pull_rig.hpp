#pragma once
// The update element on a board whose ports are all fakes, beside an OTA element and its storage.

#include <functional>
#include <map>
#include <string>

#include "airlift/pull/update_element.hpp"
#include "support/fake_http_client.hpp"
#include "support/fake_offer_memory.hpp"
#include "support/ota_rig.hpp"
#include "support/signing.hpp"

namespace airlift::testing {

inline constexpr std::string_view test_url{"https://updates.example/lamp.bin"};

[[nodiscard]] inline std::string hex_of(const crypto::Sha256Digest& digest) {
  return std::string{codec::view(codec::to_hex(digest))};
}
[[nodiscard]] inline std::string sha256_hex(std::string_view bytes) {
  return hex_of(crypto::sha256(as_bytes(bytes)));
}
[[nodiscard]] inline std::string md5_hex(std::string_view bytes) {
  return std::string{codec::view(codec::to_hex(crypto::md5(as_bytes(bytes))))};
}

class Values final : public element::ValueSink {
 public:
  void value(std::string_view key, std::string_view value) override {
    all[std::string{key}] = std::string{value};
  }
  std::map<std::string, std::string> all;
};

struct PullRig : OtaRig {
  explicit PullRig(std::uint32_t firmware_bytes = test_firmware_bytes) : OtaRig{firmware_bytes} {
    (void)registry.add("update", update, element::Presence::when_configured);
    set("update", "url", test_url);
    set("update", "interval", "1h");
  }

  /// Installs `image` and starts the board, with its clock set.
  void start_with(std::string_view image) {
    if (storage.install(image) != UpdateError::none) std::abort();
    start();
  }
  /// What is answered from now on.
  void serve(FakeHttpClient::Server server) { http.server = std::move(server); }
  void serve_file(const std::string& file) {
    file_server.file = file;
    http.server = [this](const HttpAsked& asked) { return file_server(asked); };
  }
  /// Asks, and lets all happen that needs no time. "<result> <error>", or "" when the check goes on.
  std::string check() {
    const std::uint32_t before = update.checks();
    (void)update.check_now();
    run();
    return update.checks() == before ? std::string{} : last();
  }
  /// As check(), but also waits, second by second, for at most so long.
  std::string check_to_the_end(seconds most = seconds{1200}) {
    const std::uint32_t before = update.checks();
    (void)update.check_now();
    run();
    for (seconds waited{0}; update.checks() == before && waited < most; waited += seconds{1}) run(seconds{1});
    return update.checks() == before ? std::string{} : last();
  }
  [[nodiscard]] std::string last() { return value("last"); }
  [[nodiscard]] std::string value(const std::string& key) {
    Values values;
    update.values(values);
    return values.all.count(key) == 0 ? std::string{"-"} : values.all[key];
  }
  /// Which requests went out: "Range" of each, or "whole".
  [[nodiscard]] std::vector<std::string> ranges() const {
    std::vector<std::string> result;
    for (const HttpAsked& one : http.asked)
      result.push_back(one.header("Range").empty() ? "whole" : one.header("Range"));
    return result;
  }
  [[nodiscard]] boot::HistoryEntry last_update() { return storage.history.recent().entries[0]; }

  FakeHttpClient http;
  FakeOfferMemory memory;
  FileServer file_server;
  pull::UpdateElement update{
      {http, memory, entropy, calendar}, ota, storage.updater, {"AA:BB:CC:DD:EE:FF", 123456, "2.2.2-dev"}};
};

}  // namespace airlift::testing
