#pragma once
// The IDF's mDNS responder, which the ESP32 core's MDNS wraps: both may be used side by side.

#include "airlift/element/device_element.hpp"
#include "airlift/port/advertiser.hpp"

namespace airlift::arduino::esp32 {

/// The responder probes by itself and does not tell when it had to take another name: name() is the one asked
/// for.
class MdnsAdvertiser final : public port::Advertiser {
 public:
  [[nodiscard]] Status advertise(std::string_view name, const port::Service& service) override;
  void withdraw() override;
  [[nodiscard]] State state() override { return type_.empty() ? State::silent : State::established; }
  [[nodiscard]] std::string_view name() override { return name_; }

 private:
  element::DeviceName name_;
  FixedString<16> type_;  ///< "_arduino"; empty: nothing is advertised
};

}  // namespace airlift::arduino::esp32
