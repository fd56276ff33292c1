#pragma once
// Advertises by the core's responder, which the sketch may use for services of its own.

#if defined(ARDUINO_ARCH_ESP8266)

#include <ESP8266mDNS.h>

#include "airlift/base/fixed_string.hpp"
#include "airlift/port/advertiser.hpp"

namespace airlift::arduino::esp8266 {

class MdnsAdvertiser final : public port::Advertiser {
 public:
  [[nodiscard]] Status advertise(std::string_view name, const port::Service& service) override;
  void withdraw() override;
  [[nodiscard]] State state() override { return state_; }
  [[nodiscard]] std::string_view name() override { return name_; }

  /// To be called again and again.
  void update();

 private:
  [[nodiscard]] bool add(const port::Service& service);

  MDNSResponder::hMDNSService service_{nullptr};
  FixedString<63> name_;
  State state_{State::silent};
};

}  // namespace airlift::arduino::esp8266

#endif
