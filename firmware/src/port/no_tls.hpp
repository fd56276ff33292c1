#pragma once
// HTTPS where the board has none.

#include "airlift/port/stream_pool.hpp"

namespace airlift::firmware {

class NoTlsPool final : public port::StreamPool {
 public:
  [[nodiscard]] Status listen(std::uint16_t) override { return UpdateError::tls_failed; }
  void close() override {}
  [[nodiscard]] std::optional<Connection> accept() override { return std::nullopt; }
  [[nodiscard]] bool someone_waits() override { return false; }
};

class NoTlsIdentity final : public port::TlsIdentity {
 public:
  [[nodiscard]] Status open(std::string_view, std::string_view, std::string_view) override {
    return UpdateError::tls_failed;
  }
  [[nodiscard]] std::string_view fingerprint() const override { return {}; }
};

}  // namespace airlift::firmware
