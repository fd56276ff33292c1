#include "net/mdns_name.hpp"

#include <lwip/apps/mdns.h>

#include <algorithm>

#include "airlift/codec/text.hpp"
#include "net/lwip_advertiser.hpp"
#include "net/mdns_goodbye.hpp"

namespace airlift::firmware {
namespace {

/// RFC 6762, 10: records that contain a host's name live for two minutes.
constexpr u32_t seconds_to_live{120};

MdnsName* the_name{nullptr};  ///< for lwIP's callback, which is not told whom it is for

using Label = FixedString<MdnsName::longest>;

/// Host names hold letters, digits and hyphens only (RFC 1123); an instance name may be any text.
Label host_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  Label host;
  for (const char& c : name) host.append(fits(c) ? std::string_view{&c, 1} : "-");
  return host;
}

/// "devding" -> "devding-2" -> "devding-3"; a long name loses its end.
Label alternative(std::string_view name) {
  std::uint32_t number{1};
  if (const std::size_t hyphen = name.rfind('-'); hyphen != name.npos) {
    const auto behind = codec::parse_number(name.substr(hyphen + 1), 9999);
    if (behind && *behind > 1) {
      number = *behind;
      name = name.substr(0, hyphen);
    }
  }
  FixedString<11> ending{"-"};
  ending.append_number(number + 1);
  Label result{name.substr(0, MdnsName::longest - ending.size())};
  return result.append(ending);
}

}  // namespace

static_assert(MdnsName::longest == MDNS_LABEL_MAXLEN);

Status MdnsName::add(LwipAdvertiser& service, std::string_view name) {
  static_assert(most_services == MDNS_MAX_SERVICES);
  if (!has_services()) {
    if (const Status taken = take(name); !taken.ok()) return taken;
  }
  const auto write_text = [](mdns_service* of, void* advertiser) {
    static_cast<const LwipAdvertiser*>(advertiser)->write_text(of);
  };
  const auto protocol = service.is_udp_ ? DNSSD_PROTO_UDP : DNSSD_PROTO_TCP;
  // Probes anew.
  const s8_t slot = mdns_resp_add_service(&network_.interface(), name_.c_str(), service.type_.c_str(),
                                          protocol, service.port_, seconds_to_live, write_text, &service);
  if (slot < 0) {
    if (!has_services()) mdns_resp_remove_netif(&network_.interface());
    return UpdateError::network_failed;
  }
  services_[static_cast<std::uint8_t>(slot)] = &service;
  state_ = State::probing;
  return {};
}

Status MdnsName::take(std::string_view name) {
  name_ = name;
  if (name.empty() || name_.truncated()) return UpdateError::network_failed;
  const auto on_result = [](netif*, u8_t result) {
    if (result == MDNS_PROBING_SUCCESSFUL) {
      the_name->state_ = State::established;
    } else {
      the_name->choose_another();
    }
  };
  the_name = this;
  mdns_resp_register_name_result_cb(on_result);
  const Label host = host_name(name);
  return mdns_resp_add_netif(&network_.interface(), host.c_str(), seconds_to_live) == ERR_OK
             ? Status{}
             : UpdateError::network_failed;
}

void MdnsName::remove(LwipAdvertiser& service) {
  const auto* const at = std::find(services_.begin(), services_.end(), &service);
  const auto slot = static_cast<std::size_t>(at - services_.begin());
  if (state_ == State::established) say_goodbye(network_.interface(), name_, service.type_, service.is_udp_);
  mdns_resp_del_service(&network_.interface(), static_cast<s8_t>(slot));
  services_[slot] = nullptr;
  if (!has_services()) mdns_resp_remove_netif(&network_.interface());
}

bool MdnsName::has_services() const {
  return std::any_of(services_.begin(), services_.end(),
                     [](const auto* service) { return service != nullptr; });
}

void MdnsName::choose_another() {
  name_ = alternative(name_);
  // Each of these begins the probing anew.
  mdns_resp_rename_netif(&network_.interface(), host_name(name_).c_str());
  for (std::size_t slot = 0; slot < services_.size(); ++slot) {
    if (services_[slot] == nullptr) continue;
    mdns_resp_rename_service(&network_.interface(), static_cast<s8_t>(slot), name_.c_str());
  }
}

}  // namespace airlift::firmware
