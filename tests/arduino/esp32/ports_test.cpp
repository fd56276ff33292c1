// The contracts of core's ports over the ESP32's.

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "airlift/arduino/esp32/nvs_sectors.hpp"
#include "airlift/arduino/esp32/partition_flash.hpp"
#include "airlift/arduino/esp32/sockets.hpp"
#include "airlift/arduino/esp32/system_ports.hpp"
#include "chip.hpp"
#include "contract/portable/clock_contract.hpp"
#include "contract/portable/datagram_socket_contract.hpp"
#include "contract/portable/entropy_contract.hpp"
#include "contract/portable/flash_contract.hpp"
#include "contract/portable/listener_contract.hpp"
#include "contract/portable/stream_contract.hpp"
#include "support/peer_socket.hpp"
#include "support/portable_contract.hpp"
#include "support/temp_directory.hpp"

namespace airlift::arduino::esp32 {
namespace {

using testing::loopback;
using testing::PeerSocket;

struct Chip {
  Chip() {
    chip::connect(folder.path());
    chip::flash_by_cable("\xe9");
    EXPECT_TRUE(chip::boot());
  }
  ~Chip() { chip::disconnect(); }
  Chip(const Chip&) = delete;
  Chip& operator=(const Chip&) = delete;

  testing::TempDirectory folder;
};

class NvsFlashSubject final : public contract::FlashSubject {
 public:
  NvsFlashSubject() { EXPECT_TRUE(sectors_.open().ok()); }
  [[nodiscard]] port::Flash& flash() override { return flash_; }
  [[nodiscard]] MutableBytes scratch() override { return scratch_; }

 private:
  Chip chip_;
  NvsSectors sectors_;
  NvsFlash flash_{sectors_, 2, 7};
  std::array<std::uint8_t, 3 * NvsSectors::sector_bytes + 256> scratch_{};
};

class PartitionFlashSubject final : public contract::FlashSubject {
 public:
  PartitionFlashSubject() {
    flash_.use(esp_partition_find_first(ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_OTA_1, nullptr));
  }
  [[nodiscard]] port::Flash& flash() override { return flash_; }
  [[nodiscard]] MutableBytes scratch() override { return scratch_; }

 private:
  Chip chip_;
  PartitionFlash flash_;
  std::array<std::uint8_t, 3 * 4096 + 256> scratch_{};
};

class ClockSubject final : public contract::ClockSubject {
 public:
  [[nodiscard]] port::Clock& clock() override { return clock_; }

 private:
  SystemClock clock_;
};

/// The kernel's network goes on by itself.
template <typename Subject>
class KernelNetwork : public Subject {
 private:
  bool go_on_until(bool (*holds)(void*), void* context) override {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!holds(context)) {
      if (std::chrono::steady_clock::now() >= end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return true;
  }

  Chip chip_;
};

class UdpSubject final : public KernelNetwork<contract::DatagramSubject> {
 public:
  UdpSubject() {
    EXPECT_TRUE(peer_.open(0).ok());
    peer_port_ = chip::bound_port();
  }
  [[nodiscard]] port::DatagramSocket& tested() override { return socket_; }
  void peer_sends(std::string_view text) override {
    EXPECT_TRUE(peer_.send(as_bytes(text), {loopback(), chip::bound_port(), 0}).ok());
  }
  [[nodiscard]] contract::Inbox peer_receives() override {
    contract::Inbox inbox;
    EXPECT_TRUE(comes_about([&] {
      const auto received = peer_.receive(inbox.room());
      if (received) inbox.add(received->size_bytes);
      return received.has_value();
    }));
    return inbox;
  }
  [[nodiscard]] port::Endpoint peer_endpoint() override { return {loopback(), peer_port_, 0}; }
  [[nodiscard]] std::uint16_t taken_port() override { return peer_port_; }

 private:
  UdpSocket socket_;
  UdpSocket peer_;
  std::uint16_t peer_port_{0};
};

class StreamSubject final : public KernelNetwork<contract::StreamSubject> {
 public:
  [[nodiscard]] port::Stream& tested() override { return stream_; }
  [[nodiscard]] bool connects() override {
    return stream_.connect(peer_.endpoint()).ok() &&
           comes_about([&] { return stream_.state() == State::open && peer_.accept(); });
  }
  [[nodiscard]] bool connects_again() override {
    peer_ = PeerSocket{};
    return connects();
  }
  void begin_to_connect_in_vain() override {
    const port::Endpoint nobody = peer_.endpoint();
    peer_.stop_listening();
    EXPECT_TRUE(stream_.connect(nobody).ok());
  }
  void peer_reads() override { peer_.receive(); }
  void peer_sends(std::string_view text) override { peer_.send(text); }
  void peer_ends_data() override { peer_.end_data(); }
  void peer_resets() override { peer_.reset(); }
  [[nodiscard]] std::string_view peer_received() override { return peer_.received; }
  [[nodiscard]] bool peer_saw_end() override { return peer_.saw_end; }

 private:
  TcpStream stream_;
  PeerSocket peer_;
};

class ListenerSubject final : public KernelNetwork<contract::ListenerSubject> {
 public:
  [[nodiscard]] port::Listener& tested() override { return listener_; }
  [[nodiscard]] port::Stream& stream() override { return stream_; }
  void peer_connects() override {
    peers_.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto to = posix::to_socket_address({loopback(), chip::bound_port(), 0}, AF_INET);
    EXPECT_EQ(connect(peers_.back().get(), to->get(), to->size), 0);
  }
  [[nodiscard]] port::Endpoint peer_endpoint() override {
    return {loopback(), posix::local_port_of(peers_.back().get()), 0};
  }
  void peer_sends(std::string_view text) override {
    EXPECT_EQ(send(peers_.back().get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  [[nodiscard]] std::uint16_t taken_port() override {
    EXPECT_TRUE(other_listener_.listen(0).ok());
    return chip::bound_port();
  }

 private:
  TcpStream stream_;
  TcpListener listener_{stream_};
  TcpStream other_stream_;
  TcpListener other_listener_{other_stream_};
  std::vector<posix::UniqueFd> peers_;
};

[[maybe_unused]] const bool added[]{
    testing::add_contract<NvsFlashSubject>("Esp32NvsFlash", contract::flash_cases),
    testing::add_contract<PartitionFlashSubject>("Esp32PartitionFlash", contract::flash_cases),
    testing::add_contract<ClockSubject>("Esp32Clock", contract::clock_cases),
    testing::add_contract<HardwareEntropy>("Esp32Entropy", contract::entropy_cases),
    testing::add_contract<UdpSubject>("Esp32UdpSocket", contract::datagram_socket_cases),
    testing::add_contract<StreamSubject>("Esp32TcpStream", contract::stream_cases),
    testing::add_contract<ListenerSubject>("Esp32TcpListener", contract::listener_cases)};

}  // namespace
}  // namespace airlift::arduino::esp32
