#pragma once
// mDNS / DNS-SD inside the process, by avahi-core; works beside an avahi-daemon and other instances.

#include <memory>
#include <string>

#include "airlift/port/advertiser.hpp"
#include "airlift/port/network.hpp"
#include "airlift_posix/event_loop.hpp"

namespace airlift::posix {

/// Speaks on all interfaces when made with 0.0.0.0 or ::, else only on the one that owns the address.
/// Publishes the addresses under which the device can be reached: those of each interface, or the one it was
/// made with.
class MdnsAdvertiser final : public port::Advertiser {
 public:
  MdnsAdvertiser(EventLoop& loop, port::IpAddress bind_address);
  ~MdnsAdvertiser() override;

  [[nodiscard]] Status advertise(std::string_view name, const port::Service& service) override;
  void withdraw() override;
  [[nodiscard]] State state() override;
  [[nodiscard]] std::string_view name() override;

 private:
  class Registration;

  EventLoop& loop_;
  port::IpAddress bind_address_;
  std::unique_ptr<Registration> registration_;  ///< null: silent
};

}  // namespace airlift::posix
