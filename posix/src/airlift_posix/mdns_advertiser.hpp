#pragma once
// One service of a device in mDNS / DNS-SD.

#include <memory>

#include "airlift_posix/mdns_name.hpp"

namespace airlift::posix {

class MdnsAdvertiser final : public port::Advertiser {
 public:
  /// Shares its name with the other services under `name`, which outlives it.
  explicit MdnsAdvertiser(MdnsName& name) : name_{name} {}
  /// Has a name of its own.
  MdnsAdvertiser(EventLoop& loop, port::IpAddress bind_address);
  ~MdnsAdvertiser() override;

  [[nodiscard]] Status advertise(std::string_view name, const port::Service& service) override;
  void withdraw() override;
  [[nodiscard]] State state() override;
  [[nodiscard]] std::string_view name() override;

 private:
  std::unique_ptr<MdnsName> own_name_;
  MdnsName& name_;
  bool advertising_{false};
};

}  // namespace airlift::posix
