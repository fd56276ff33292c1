#include "net/lwip_advertiser.hpp"

#include <lwip/apps/mdns.h>

namespace airlift::firmware {

Status LwipAdvertiser::advertise(std::string_view name, const port::Service& service) {
  withdraw();
  if (!parse_type(service.type)) return UpdateError::network_failed;
  port_ = service.port;
  text_.clear();
  for (const port::TxtEntry& entry : service.txt) {
    FixedString<MdnsName::longest> text{entry.key};
    text.append("=").append(entry.value);
    if (text_.size() + 1 + text.size() > text_.capacity()) break;
    const char length = static_cast<char>(text.size());
    text_.append({&length, 1}).append(text);
  }
  const Status added = name_.add(*this, name);
  advertising_ = added.ok();
  return added;
}

/// "_arduino._tcp"
bool LwipAdvertiser::parse_type(std::string_view type) {
  const std::size_t dot = type.find('.');
  if (dot == type.npos || dot == 0) return false;
  type_ = type.substr(0, dot);
  const std::string_view protocol = type.substr(dot + 1);
  is_udp_ = protocol == "_udp";
  return !type_.truncated() && type_.view().front() == '_' && (is_udp_ || protocol == "_tcp");
}

void LwipAdvertiser::write_text(mdns_service* of) const {
  for (std::string_view rest = text_; !rest.empty();) {
    const auto length = static_cast<std::uint8_t>(rest.front());
    if (mdns_resp_add_service_txtitem(of, rest.data() + 1, length) != ERR_OK) return;
    rest.remove_prefix(std::size_t{1} + length);
  }
}

void LwipAdvertiser::withdraw() {
  if (advertising_) name_.remove(*this);
  advertising_ = false;
}

}  // namespace airlift::firmware
