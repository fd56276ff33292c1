#pragma once
// `web/<id>`: the device's page and its HTTP API. docs/design/device-page.md, docs/configuration.md.

#include "airlift/element/ota_element.hpp"
#include "airlift/port/config_store.hpp"
#include "airlift/port/stream_pool.hpp"
#include "airlift/port/system_info.hpp"
#include "airlift/web/web_connection.hpp"

namespace airlift::web {

class WebElement final : public element::Element {
 public:
  /// What the element needs of the board it runs on. All outlive it.
  struct Ports {
    port::StreamPool& plain;
    port::StreamPool& encrypted;  ///< listen() fails with tls_failed where there is no TLS
    port::TlsIdentity& identity;  ///< of `encrypted`
    port::ConfigStore& files;
    port::SystemInfo& system;
    port::Entropy& entropy;
    port::Advertiser& http_advertiser;      ///< of `_http._tcp`
    port::Advertiser& homeding_advertiser;  ///< of `_homeding._tcp`
  };
  using FileName = FixedString<255>;
  enum class Tls : std::uint8_t {
    off,
    on,    ///< beside HTTP
    only,  ///< HTTP answers with a redirect
  };

  /// `connections` is the memory of as many connections, served at once. All outlive the element.
  WebElement(const Ports& ports, element::OtaElement& ota, Span<WebConnection> connections, const Page& page);

  /// Where it listens; 0: nowhere yet.
  [[nodiscard]] std::uint16_t listening_port() const { return plain_.open; }
  [[nodiscard]] std::uint16_t listening_tls_port() const { return encrypted_.open; }

 private:
  /// One of the two ports the element listens on.
  struct Door {
    std::string_view scheme;
    std::uint16_t usual;     ///< needs rights
    std::uint16_t fallback;  ///< taken when the usual one is wanted and cannot be had
    std::uint16_t wanted;
    std::uint16_t open{0};  ///< 0: not listening
    Instant next_try_at;
  };

  element::SetResult do_set(std::string_view property, std::string_view value) override;
  void do_start(element::Board& board, Instant now) override;
  milliseconds do_loop(Instant now) override;
  void do_stop() override;

  void open_identity();
  void open_doors(Instant now);
  void open(Door& door, port::StreamPool& pool, Instant now);
  void advertise();
  void accept(port::StreamPool& pool, Transport transport, Instant now);
  [[nodiscard]] WebConnection* free_connection();
  [[nodiscard]] milliseconds make_room(Instant now);
  void log(port::LogLevel level, std::string_view message);

  Ports ports_;
  Span<WebConnection> connections_;
  Site site_;
  Door plain_{"http", 80, 8080, 80, 0, {}};
  Door encrypted_{"https", 443, 8443, 443, 0, {}};
  Tls tls_{Tls::off};
  FileName certificate_;
  FileName key_;
};

}  // namespace airlift::web
