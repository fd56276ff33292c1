#pragma once
// A name on the local network and the services under it, by avahi-core inside the process; works beside an
// avahi-daemon and other instances.

#include <memory>
#include <string>

#include "airlift/port/advertiser.hpp"
#include "airlift/port/network.hpp"
#include "airlift_posix/event_loop.hpp"

namespace airlift::posix {

/// Speaks on all interfaces when made with 0.0.0.0 or ::, else only on the one that owns the address.
/// Publishes the addresses under which the device can be reached: those of each interface, or the one it was
/// made with. When somebody else owns the name, all services get the same other one.
class MdnsName {
 public:
  MdnsName(EventLoop& loop, port::IpAddress bind_address);
  ~MdnsName();

 private:
  friend class MdnsAdvertiser;
  using Owner = port::Advertiser;
  using State = port::Advertiser::State;
  class Registration;

  /// The first service brings the name; others join it. Outcomes: as Advertiser::advertise().
  [[nodiscard]] Status add(const Owner* owner, std::string_view name, const port::Service& service);
  /// Only what was added.
  void remove(const Owner* owner);
  // Only while there is a service:
  [[nodiscard]] State state() const;
  [[nodiscard]] std::string_view text() const;

  EventLoop& loop_;
  port::IpAddress bind_address_;
  std::unique_ptr<Registration> registration_;  ///< null: no services
};

}  // namespace airlift::posix
