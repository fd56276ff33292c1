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
  /// The page as it is sent, compressed with gzip; the ETag with its quotes.
  struct Page {
    Bytes gzip;
    std::string_view etag;
  };
  enum class Tls : std::uint8_t {
    off,
    on,    ///< beside HTTP
    only,  ///< HTTP answers with a redirect
  };

  /// `connections` is the memory of as many connections, served at once. All outlive the element.
  WebElement(const Ports& ports, element::OtaElement& ota, Span<WebConnection> connections, const Page& page);

  /// Where it listens; 0: nowhere yet.
  [[nodiscard]] std::uint16_t listening_port() const { return plain_port_; }
  [[nodiscard]] std::uint16_t listening_tls_port() const { return encrypted_port_; }

 private:
  element::SetResult do_set(std::string_view property, std::string_view value) override;
  void do_start(element::Board& board, Instant now) override;
  milliseconds do_loop(Instant now) override;
  void do_stop() override;

  Ports ports_;
  element::OtaElement& ota_;
  Span<WebConnection> connections_;
  Page page_;
  std::uint16_t plain_port_{0};
  std::uint16_t encrypted_port_{0};
};

}  // namespace airlift::web
