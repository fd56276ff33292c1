#pragma once
// From a device's addresses to one connection with it, for uploads and for status queries: the invitation,
// the password of old devices, whichever side can connect, and TLS. The driver of InvitationExchange.
//
// How to ask for the status: Contact with no invitation; in connected() hand the link to an ExtensionChannel,
// send a QUERY with its nonce and session key, and take the STATUS frame from receive().

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "airlift/wire/invitation.hpp"
#include "airlift/wire/session_key.hpp"
#include "airlift_posix/tcp_stream.hpp"
#include "device_upload.hpp"

namespace airlift::cli {

/// A connection to a device that has accepted what was asked.
struct Link {
  Protocol protocol{Protocol::unknown};
  port::Endpoint device;                     ///< the endpoint that answered
  std::unique_ptr<posix::TcpStream> stream;  ///< open; perhaps still in the TLS handshake
  // Of the extension only:
  wire::ExtensionAnswer answer;
  wire::Key session_key{};
  bool encrypted{false};
};

/// The last key that was derived: 10,000 rounds take milliseconds, and a device keeps its salt until it
/// restarts.
class PasswordKeyCache {
 public:
  [[nodiscard]] const wire::Key& key(std::string_view password, const wire::Salt& salt);

 private:
  std::string password_;
  std::optional<wire::Salt> salt_;
  wire::Key key_{};
};

class Contact {
 public:
  /// Is told what happens, from the loop's callbacks only. connected() and failed() come last, one of them,
  /// and may destroy the contact.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void entered(Stage) {}
    virtual void trace(std::string_view /*text*/) {}
    virtual void connected(Link link) = 0;
    virtual void failed(const PushFailure& failure) = 0;
  };

  /// All references outlive it. `invitation` (its host_port is filled in here): an upload; none: the status,
  /// and then ExtensionUse::required is meant, whatever the options say.
  Contact(posix::EventLoop& loop, PasswordKeyCache& keys, const UploadOptions& options, const Target& target,
          std::optional<wire::Invitation> invitation, Owner& owner);
  ~Contact();

  void start();
  /// Where it listens for the device; empty until the first datagram has been sent.
  [[nodiscard]] const std::string& listening_at() const;

 private:
  class Driver;
  std::unique_ptr<Driver> driver_;
};

}  // namespace airlift::cli
