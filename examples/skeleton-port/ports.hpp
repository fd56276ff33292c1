#pragma once
// A port that does nothing yet: every port of core that a device with uploads needs, each method with the
// outcome that says so honestly. Copy the folder, and make one class after the other true: docs/porting.md.

#include <optional>
#include <string_view>

#include "airlift/port/advertiser.hpp"
#include "airlift/port/flash.hpp"
#include "airlift/port/network.hpp"
#include "airlift/port/reset_memory.hpp"
#include "airlift/port/stream_pool.hpp"
#include "airlift/port/system.hpp"

namespace skeleton {

using airlift::Bytes;
using airlift::Instant;
using airlift::MutableBytes;
using airlift::Result;
using airlift::Status;
using airlift::UpdateError;
namespace port = airlift::port;

// --- 1. What everything else needs ---

class Clock final : public port::Clock {
 public:
  [[nodiscard]] Instant now() override { return {}; }
};

class Log final : public port::Log {
 public:
  void write(port::LogLevel /*level*/, std::string_view /*source*/, std::string_view /*message*/) override {}
};

// --- 2. Where images go ---

class Flash final : public port::Flash {
 public:
  /// Size, largest sector, write unit: those of your chip.
  [[nodiscard]] port::FlashGeometry geometry() const override { return {256 * 4096, 4096, 4}; }
  [[nodiscard]] Status flush() override { return UpdateError::flash_write; }

 private:
  [[nodiscard]] Status do_read(std::uint32_t /*address*/, MutableBytes /*into*/) override {
    return UpdateError::flash_read;
  }
  [[nodiscard]] Status do_erase_sector(std::uint32_t /*address*/) override {
    return UpdateError::flash_erase;
  }
  [[nodiscard]] Status do_program(std::uint32_t /*address*/, Bytes /*bytes*/) override {
    return UpdateError::flash_write;
  }
};

class System final : public port::System {
 public:
  void reboot() override {}
};

// --- 3. Who may update ---

class Entropy final : public port::Entropy {
 public:
  [[nodiscard]] Status fill(MutableBytes /*into*/) override { return UpdateError::no_entropy; }
};

/// For signatures that are valid for some time. This one is true where there is no time of day.
class Calendar final : public port::Calendar {
 public:
  [[nodiscard]] std::uint64_t unix_seconds() override { return 0; }
};

// --- 4. The network; where lwIP is, firmware/src/net is all of it ---

class DatagramSocket final : public port::DatagramSocket {
 public:
  [[nodiscard]] Status open(std::uint16_t /*port*/) override { return UpdateError::network_failed; }
  void close() override {}
  [[nodiscard]] std::optional<Received> receive(MutableBytes /*into*/) override { return std::nullopt; }
  [[nodiscard]] Status send(Bytes /*datagram*/, const port::Endpoint& /*to*/) override {
    return UpdateError::network_failed;
  }
};

class Stream final : public port::Stream {
 public:
  [[nodiscard]] Status connect(const port::Endpoint& /*to*/) override { return UpdateError::network_failed; }
  [[nodiscard]] State state() override { return State::closed; }
  [[nodiscard]] Result<Read> read(MutableBytes /*into*/) override { return UpdateError::connection_lost; }
  [[nodiscard]] Result<std::size_t> write(Bytes /*bytes*/) override { return UpdateError::connection_lost; }
  void close() override {}
};

/// Puts connections into the stream it is made with.
class Listener final : public port::Listener {
 public:
  [[nodiscard]] Status listen(std::uint16_t /*port*/) override { return UpdateError::network_failed; }
  void close() override {}
  [[nodiscard]] std::optional<port::Endpoint> accept() override { return std::nullopt; }
};

class Advertiser final : public port::Advertiser {
 public:
  [[nodiscard]] Status advertise(std::string_view /*name*/, const port::Service& /*service*/) override {
    return UpdateError::network_failed;
  }
  void withdraw() override {}
  [[nodiscard]] State state() override { return State::silent; }
  [[nodiscard]] std::string_view name() override { return {}; }
};

// --- 5. Only for more: the page, safe mode by resets ---

class StreamPool final : public port::StreamPool {
 public:
  [[nodiscard]] Status listen(std::uint16_t /*port*/) override { return UpdateError::network_failed; }
  void close() override {}
  [[nodiscard]] std::optional<Connection> accept() override { return std::nullopt; }
  [[nodiscard]] bool someone_waits() override { return false; }
};

class ResetMemory final : public port::ResetMemory {
 public:
  [[nodiscard]] std::uint8_t read() override { return 0; }
  [[nodiscard]] Status write(std::uint8_t /*number*/) override { return UpdateError::storage_failed; }
};

}  // namespace skeleton
