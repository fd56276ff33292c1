#pragma once
// Ports that have nothing to do in the script.

#include "harness/ports.hpp"

namespace airlift::probe {

struct SilentLog final : port::Log {
  void write(port::LogLevel, std::string_view, std::string_view) override {}
};

struct PatientSystem final : port::System {
  void reboot() override {}
};

struct NoCalendar final : port::Calendar {
  std::uint64_t unix_seconds() override { return 1700000000; }
  // What Calendar does divides 64 bits, in code that would be counted.
  seconds local_time_of_day(std::uint64_t) override { return seconds{0}; }
};

struct NoAdvertiser final : port::Advertiser {
  Status advertise(std::string_view, const port::Service&) override { return {}; }
  void withdraw() override {}
  State state() override { return State::silent; }
  std::string_view name() override { return {}; }
};

struct NoStream final : port::Stream {
  Status connect(const port::Endpoint&) override { return UpdateError::network_failed; }
  State state() override { return State::closed; }
  Result<Read> read(MutableBytes) override { return UpdateError::connection_lost; }
  Result<std::size_t> write(Bytes) override { return UpdateError::connection_lost; }
  void close() override {}
};

struct NoListener final : port::Listener {
  Status listen(std::uint16_t) override { return {}; }
  void close() override {}
  std::optional<port::Endpoint> accept() override { return std::nullopt; }
};

struct NoPool final : port::StreamPool {
  Status listen(std::uint16_t) override { return UpdateError::tls_failed; }
  void close() override {}
  std::optional<Connection> accept() override { return std::nullopt; }
  bool someone_waits() override { return false; }
};

struct NoIdentity final : port::TlsIdentity {
  Status open(std::string_view, std::string_view, std::string_view) override {
    return UpdateError::tls_failed;
  }
  std::string_view fingerprint() const override { return {}; }
};

struct NoFiles final : port::ConfigStore {
  std::optional<File> file(std::size_t) override { return std::nullopt; }
  Result<std::size_t> read(std::string_view, std::uint32_t, MutableBytes) override {
    return UpdateError::file_unreadable;
  }
  Status begin(std::string_view, std::uint32_t) override { return UpdateError::storage_failed; }
  Status append(Bytes) override { return UpdateError::storage_failed; }
  Status finish() override { return UpdateError::storage_failed; }
  void cancel() override {}
  std::string_view problem() const override { return {}; }
  Status remove(std::string_view) override { return UpdateError::storage_failed; }
};

struct NoInfo final : port::SystemInfo {
  std::string_view version() const override { return "1"; }
  seconds uptime() override { return seconds{1}; }
  std::uint64_t free_bytes() override { return 0; }
  std::optional<port::IpAddress> address(std::size_t) override { return std::nullopt; }
};

struct NoOffers final : port::OfferMemory {
  Record load() override { return {}; }
  Status store(const Record&) override { return {}; }
};

}  // namespace airlift::probe
