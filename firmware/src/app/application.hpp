#pragma once
// The application: core's board with its elements on this board's ports, from the hand-off to the reset.

#include "airlift/element/board.hpp"
#include "airlift/element/ota_element.hpp"
#include "airlift/element/trial.hpp"
#include "airlift/update/gzip_unpacker.hpp"
#include "airlift/web/web_element.hpp"
#include "app/board_info.hpp"
#include "app/variant.hpp"
#include "net/lwip_advertiser.hpp"
#include "net/lwip_datagram_socket.hpp"
#include "net/lwip_listener.hpp"
#include "net/lwip_stream.hpp"
#include "net/lwip_stream_pool.hpp"
#include "net/mdns_name.hpp"
#include "port/built_in_key.hpp"
#include "port/clock.hpp"
#include "port/config_image.hpp"
#include "port/console_log.hpp"
#include "port/no_tls.hpp"
#include "port/seeded_entropy.hpp"

namespace airlift::firmware {

/// What an upload needs of memory.
struct UpdateMemory {
  static constexpr std::size_t block_bytes{4096};

  [[nodiscard]] update::Buffers buffers() { return {block, &unpacker, &long_digest}; }

  std::array<std::uint8_t, block_bytes> block;
  std::array<std::uint8_t, block_bytes> inflated;
  std::array<std::uint8_t, codec::gzip_arena_bytes()> gzip_arena;
  std::array<std::uint8_t, element::transfer_memory_bytes> transfer_memory;
  update::GzipUnpacker unpacker{inflated, gzip_arena};
  crypto::Sha2 long_digest{crypto::DigestKind::sha512};
};

/// One in a program; static, as it is large.
class Application {
 public:
  /// `network` is started unless the variant is offline. All outlive the application.
  Application(const Variant& variant, Network& network, port::Entropy& entropy, port::Log& log);

  /// Until the board is to be reset; resets it.
  [[noreturn]] void run();

 private:
  void count_start();
  void take_over();
  void configure();
  void announce();
  void turn();
  void misbehave();
  void notice_network();
  [[nodiscard]] bool is_well() const;
  void confirm_when_well();
  void watch_trial();
  [[noreturn]] void leave();

  Variant variant_;
  Network& network_;
  port::Log& log_;
  BoardClock clock_;
  NoCalendar calendar_;
  class RebootFlag final : public port::System {
   public:
    void reboot() override { asked_ = true; }
    [[nodiscard]] bool asked() const { return asked_; }

   private:
    bool asked_{false};
  } system_;
  boot::FlashResetMemory resets_;
  element::StartCounter starts_{resets_};
  boot::SlotStore store_;
  boot::History history_;
  boot::BootPlan plan_;
  ConfigImage files_;
  BuiltInKey keys_;
  BoardInfo info_;
  UpdateMemory memory_;
  update::Updater updater_{store_, history_, memory_.buffers()};
  LwipDatagramSocket socket_;
  LwipStream stream_;
  LwipStream extension_stream_;
  LwipListener listener_{extension_stream_};
  LwipStreamPool<4> pool_;
  NoTlsPool no_pool_;
  NoTlsIdentity no_identity_;
  MdnsName mdns_name_;
  LwipAdvertiser advertiser_{mdns_name_};
  LwipAdvertiser http_advertiser_{mdns_name_};
  LwipAdvertiser homeding_advertiser_{mdns_name_};
  element::ElementRegistry registry_;
  element::DeviceElement device_;
  element::OtaElement ota_;
  std::array<web::WebConnection, 4> connections_;
  web::WebElement web_;
  element::Board board_;
  element::Trial trial_{store_, history_};
  element::Trial::State reported_{element::Trial::State::none};
  bool configuration_is_understood_{true};
  bool on_network_{false};
  std::chrono::microseconds longest_loop_{0};
};

}  // namespace airlift::firmware
