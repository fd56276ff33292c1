#pragma once
// The board's name on the local network and the services under it, by lwIP's mDNS responder.

#include <array>
#include <string_view>

#include "airlift/base/fixed_string.hpp"
#include "airlift/port/advertiser.hpp"
#include "net/network.hpp"

namespace airlift::firmware {

class LwipAdvertiser;

/// One in a program. When somebody else owns the name, all services get the same other one. lwIP 2.1 defends
/// a name only while it probes: of two that take it at the same moment, both keep it.
class MdnsName {
 public:
  explicit MdnsName(Network& network) : network_{network} {}
  MdnsName(const MdnsName&) = delete;
  MdnsName& operator=(const MdnsName&) = delete;

  static constexpr std::size_t longest{63};  ///< bytes; RFC 1035, 2.3.4: a label

 private:
  friend class LwipAdvertiser;
  using State = port::Advertiser::State;
  static constexpr std::size_t most_services{4};

  /// The first service brings the name; others join it. Outcomes: as Advertiser::advertise().
  [[nodiscard]] Status add(LwipAdvertiser& service, std::string_view name);
  /// Only what was added.
  void remove(LwipAdvertiser& service);
  // Only while there is a service:
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] std::string_view text() const { return name_; }

  [[nodiscard]] Status take(std::string_view name);
  [[nodiscard]] bool has_services() const;
  void choose_another();

  Network& network_;
  FixedString<longest> name_;
  State state_{State::probing};
  std::array<LwipAdvertiser*, most_services> services_{};  ///< by lwIP's number of each; null: free
};

}  // namespace airlift::firmware
