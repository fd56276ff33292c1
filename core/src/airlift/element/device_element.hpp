#pragma once
// `device/0`: what the device is called and what holds for all of it.

#include "airlift/element/element.hpp"

namespace airlift::element {

/// One DNS label (RFC 1035 2.3.4).
using DeviceName = FixedString<63>;

class DeviceElement final : public Element {
 public:
  /// `default_name` counts until the configuration gives a name.
  explicit DeviceElement(std::string_view default_name) : Element{StartUp::sys}, name_{default_name} {}

  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] bool safe_mode() const { return safe_mode_; }
  /// Whether services are made known by mDNS (HomeDing: `sd`, service discovery).
  [[nodiscard]] bool service_discovery() const { return service_discovery_; }

 private:
  SetResult do_set(std::string_view property, std::string_view value) override;
  void do_start(Board&, Instant) override {}
  milliseconds do_loop(Instant) override { return idle_wait; }
  void do_stop() override {}

  DeviceName name_;
  bool safe_mode_{true};
  bool service_discovery_{true};
};

}  // namespace airlift::element
