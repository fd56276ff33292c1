#pragma once
// `device/0`: what the device is called and what holds for all of it. docs/configuration.md.

#include "airlift/element/element.hpp"

namespace airlift::element {

/// One DNS label (RFC 1035 2.3.4).
using DeviceName = FixedString<63>;
using HomePage = FixedString<128>;

class DeviceElement final : public Element {
 public:
  /// `default_name` counts until the configuration gives a name.
  explicit DeviceElement(std::string_view default_name) : Element{StartUp::sys}, name_{default_name} {}

  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] bool safe_mode() const { return safe_mode_; }
  /// Whether services are made known by mDNS (HomeDing: `sd`, service discovery).
  [[nodiscard]] bool service_discovery() const { return service_discovery_; }
  /// Where whoever asks for `/` is sent: a path that begins with `/`, or an address that begins with
  /// `http://` or `https://`; printable, without blanks. Empty: the device's own page.
  [[nodiscard]] std::string_view home_page() const { return home_page_; }

 private:
  SetResult do_set(std::string_view property, std::string_view value) override;
  void do_start(Board& board, Instant now) override;
  milliseconds do_loop(Instant now) override;
  void do_stop() override {}
  void do_values(ValueSink& sink) override;

  [[nodiscard]] SetResult set_name(std::string_view value);
  [[nodiscard]] SetResult set_safe_mode(std::string_view value);
  [[nodiscard]] SetResult set_service_discovery(std::string_view value);
  [[nodiscard]] SetResult set_reboot_time(std::string_view value);
  [[nodiscard]] SetResult set_home_page(std::string_view value);

  DeviceName name_;
  HomePage home_page_;
  bool safe_mode_{true};
  bool service_discovery_{true};
  seconds reboot_time_{0};  ///< 0: never
  Board* board_{nullptr};
  Instant now_;  ///< of the last loop()
  Instant reboot_at_;
};

}  // namespace airlift::element
