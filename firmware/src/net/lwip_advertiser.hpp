#pragma once
// One service of the board in mDNS / DNS-SD.

#include "net/mdns_name.hpp"

struct mdns_service;

namespace airlift::firmware {

class LwipAdvertiser final : public port::Advertiser {
 public:
  /// Shares its name with the other services under `name`, which outlives it.
  explicit LwipAdvertiser(MdnsName& name) : name_{name} {}
  ~LwipAdvertiser() override { withdraw(); }
  LwipAdvertiser(const LwipAdvertiser&) = delete;
  LwipAdvertiser& operator=(const LwipAdvertiser&) = delete;

  /// lwIP has room for TXT entries of 63 bytes, 255 together: what is longer is cut, what is more left out.
  [[nodiscard]] Status advertise(std::string_view name, const port::Service& service) override;
  void withdraw() override;
  [[nodiscard]] State state() override { return advertising_ ? name_.state() : State::silent; }
  [[nodiscard]] std::string_view name() override { return advertising_ ? name_.text() : std::string_view{}; }

 private:
  friend class MdnsName;
  [[nodiscard]] bool parse_type(std::string_view type);
  void write_text(mdns_service* of) const;

  MdnsName& name_;
  bool advertising_{false};
  FixedString<MdnsName::longest> type_;  ///< "_arduino"
  bool is_udp_{false};
  std::uint16_t port_{0};
  FixedString<255> text_;  ///< entries, each behind a byte with its length
};

}  // namespace airlift::firmware
