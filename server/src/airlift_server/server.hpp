#pragma once
// The update server: what `airlift serve` runs. docs/design/update-server.md.

#include <memory>
#include <string>
#include <vector>

#include "airlift/port/network.hpp"
#include "airlift/port/system.hpp"
#include "airlift_server/service.hpp"

namespace airlift::server {

struct ServerOptions {
  std::string directory;
  std::optional<port::IpAddress> bind;  ///< nothing: every address
  std::uint16_t http_port{8070};        ///< 0: off
  std::uint16_t https_port{8443};       ///< 0: off
  std::string certificate;  ///< with a key of its own, or in the same file; empty: one that is made once
  std::string key;
  std::string state_directory;  ///< for that one
  AccessFiles access;
  LogFormat log_format{LogFormat::text};
};

class Server {
 public:
  /// `log` outlives this.
  Server(ServerOptions options, port::Log& log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Reads everything and listens. False: the log tells why.
  [[nodiscard]] bool open();

  /// After open(): what is offered; the certificate's digest, empty without HTTPS.
  [[nodiscard]] const Channels& channels() const;
  [[nodiscard]] std::string_view fingerprint() const;

  /// Serves until SIGTERM or SIGINT. SIGHUP reads certificate, tokens and folder anew.
  void run();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace airlift::server
