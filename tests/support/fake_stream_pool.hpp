#pragma once
// A pool of connections whose network is the test.

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "airlift/port/stream_pool.hpp"
#include "support/fake_stream.hpp"

namespace airlift::testing {

class FakeStreamPool final : public port::StreamPool {
 public:
  static constexpr std::uint16_t system_chosen_port{49152};

  explicit FakeStreamPool(std::size_t size = 8) : streams_(size) {}

  [[nodiscard]] Status listen(std::uint16_t port) override {
    close();
    if (listen_error != UpdateError::none) return listen_error;
    if (port == forbidden_port) return UpdateError::network_failed;
    listening_port = port == 0 ? system_chosen_port : port;
    return {};
  }

  void close() override {
    listening_port.reset();
    waiting_.clear();
  }

  [[nodiscard]] std::optional<Connection> accept() override {
    if (waiting_.empty()) return std::nullopt;
    for (FakeStream& stream : streams_) {
      if (stream.state() != port::Stream::State::closed) continue;
      const port::Endpoint peer = waiting_.front();
      waiting_.pop_front();
      stream.is_accepted();
      last_accepted = &stream;
      return Connection{&stream, peer};
    }
    return std::nullopt;
  }

  [[nodiscard]] bool someone_waits() override { return !waiting_.empty(); }

  /// A connection arrives; it is refused when nobody listens, as on a real network.
  void peer_connects(const port::Endpoint& from) {
    if (listening_port) waiting_.push_back(from);
  }

  std::optional<std::uint16_t> listening_port;
  UpdateError listen_error{UpdateError::none};
  std::optional<std::uint16_t> forbidden_port;  ///< as those below 1024 without rights
  FakeStream* last_accepted{nullptr};           ///< the test is its peer

 private:
  std::deque<FakeStream> streams_;
  std::deque<port::Endpoint> waiting_;
};

class FakeTlsIdentity final : public port::TlsIdentity {
 public:
  [[nodiscard]] Status open(std::string_view certificate, std::string_view key,
                            std::string_view name) override {
    opened_certificate = certificate;
    opened_key = key;
    opened_name = name;
    fingerprint_ = error == UpdateError::none ? "AB:CD" : "";
    return error;
  }
  [[nodiscard]] std::string_view fingerprint() const override { return fingerprint_; }

  UpdateError error{UpdateError::none};
  std::string opened_certificate;
  std::string opened_key;
  std::string opened_name;

 private:
  std::string fingerprint_;
};

}  // namespace airlift::testing
