#include "airlift_posix/mdns_name.hpp"

#include <avahi-common/alternative.h>
#include <avahi-common/domain.h>
#include <avahi-common/error.h>
#include <avahi-common/malloc.h>
#include <avahi-core/publish.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstring>
#include <map>
#include <vector>

#include "airlift_posix/address.hpp"
#include "airlift_posix/interfaces.hpp"
#include "airlift_posix/mdns_server.hpp"

namespace airlift::posix {
namespace {

struct TextListFree {
  void operator()(AvahiStringList* list) const { avahi_string_list_free(list); }
};
using TextList = std::unique_ptr<AvahiStringList, TextListFree>;

TextList to_text_list(Span<const port::TxtEntry> entries) {
  AvahiStringList* list{nullptr};
  for (const port::TxtEntry& entry : entries) {
    const std::string text = std::string{entry.key} + "=" + std::string{entry.value};
    list = avahi_string_list_add(list, text.c_str());
  }
  return TextList{list};
}

/// Host names hold letters, digits and hyphens only (RFC 1123); an instance name may be any text.
std::string host_name(std::string_view name) {
  std::string host{name};
  std::replace_if(
      host.begin(), host.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '-');
  return host + ".local";
}

/// "devding" -> "devding-2" -> "devding-3"; what cannot be a host name gets " #2".
std::string alternative(const std::string& name) {
  const std::unique_ptr<char, decltype(&avahi_free)> next{avahi_is_valid_host_name(name.c_str())
                                                              ? avahi_alternative_host_name(name.c_str())
                                                              : avahi_alternative_service_name(name.c_str()),
                                                          avahi_free};
  return next.get();
}

AvahiAddress to_avahi(const port::IpAddress& address) {
  AvahiAddress result{};
  if (is_ipv4(address)) {
    result.proto = AVAHI_PROTO_INET;
    std::memcpy(&result.data.ipv4.address, address.bytes.data() + 12, sizeof(result.data.ipv4.address));
  } else {
    result.proto = AVAHI_PROTO_INET6;
    std::memcpy(result.data.ipv6.address, address.bytes.data(), sizeof(result.data.ipv6.address));
  }
  return result;
}

/// Probing takes a second. But avahi 0.8 never ends it when an interface goes meanwhile (fixed after it in
/// cb15988c, "Fix not publishing entries if a probing interface is removed").
constexpr std::chrono::seconds longest_probing{10};

}  // namespace

/// An avahi server and one entry group with the records of all services.
class MdnsName::Registration {
 public:
  Registration(EventLoop& loop, const port::IpAddress& bind_address, std::string_view name)
      : loop_{loop}, bind_address_{bind_address}, name_{name}, address_watch_{loop, [this] {
                                                                                on_address_change();
                                                                              }} {}

  /// False when mDNS cannot be used with this address.
  [[nodiscard]] bool start() {
    std::string only_interface;
    if (!is_any(bind_address_)) {
      const auto owner = owner_of(bind_address_);
      if (!owner) return false;
      only_interface = owner->interface;
    }
    const MdnsFamily family = is_ipv4(bind_address_) ? MdnsFamily::ipv4 : MdnsFamily::ipv4_and_ipv6;
    server_ = make_mdns_server(loop_, only_interface, family, on_server, this);
    return server_ != nullptr;
  }

  /// False when mDNS cannot be used with this name or type.
  [[nodiscard]] bool add(const Owner* owner, const port::Service& service) {
    services_[owner] = {std::string{service.type}, service.port, to_text_list(service.txt)};
    publish_again();
    return state_ != State::failed;
  }
  void remove(const Owner* owner) {
    services_.erase(owner);
    if (!services_.empty()) publish_again();
  }
  [[nodiscard]] bool empty() const { return services_.empty(); }

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] std::string_view name() const { return name_; }

 private:
  struct OwnedService {
    std::string type;
    std::uint16_t port{0};
    TextList txt;
  };

  void publish() {
    state_ = State::probing;
    stuck_ = loop_.after(longest_probing, [this] {
      if (state_ == State::probing) publish_again();
    });
    addresses_ = reachable_addresses(bind_address_);
    if (group_ == nullptr) group_ = avahi_s_entry_group_new(server_.get(), on_group, this);
    if (group_ == nullptr || !add_records()) {
      state_ = State::failed;
      return;
    }
    // Together with what else is published in this turn of the loop: avahi puts off each commit of a group
    // but the first by a second, and after fifteen by a minute.
    commit_ = loop_.after(std::chrono::milliseconds{0}, [this] {
      if (avahi_s_entry_group_commit(group_) != AVAHI_OK) state_ = State::failed;
    });
  }

  [[nodiscard]] bool add_records() {
    const std::string host = host_name(name_);
    for (const InterfaceAddress& entry : addresses_) {
      AvahiAddress address = to_avahi(entry.address);
      // Without the reverse record, see make_mdns_server().
      if (avahi_server_add_address(server_.get(), group_, entry.index, AVAHI_PROTO_UNSPEC,
                                   AVAHI_PUBLISH_NO_REVERSE, host.c_str(), &address) != AVAHI_OK) {
        return false;
      }
    }
    return std::all_of(services_.begin(), services_.end(), [&](const auto& entry) {
      const OwnedService& service = entry.second;
      return avahi_server_add_service_strlst(server_.get(), group_, AVAHI_IF_UNSPEC, AVAHI_PROTO_UNSPEC,
                                             AvahiPublishFlags{}, name_.c_str(), service.type.c_str(),
                                             nullptr, host.c_str(), service.port,
                                             service.txt.get()) == AVAHI_OK;
    });
  }

  void publish_again() {
    if (group_ != nullptr) avahi_s_entry_group_reset(group_);
    publish();
  }

  /// Changes come in bursts, and avahi must have seen them before its records are changed.
  void on_address_change() {
    if (settling_) return;
    settling_ = true;
    settled_ = loop_.after(std::chrono::milliseconds{500}, [this] {
      settling_ = false;
      follow_addresses();
    });
  }

  void follow_addresses() {
    const bool usable = group_ != nullptr && state_ != State::failed;
    if (usable && reachable_addresses(bind_address_) != addresses_) publish_again();
  }

  static void on_server(AvahiServer*, AvahiServerState state, void* self) {
    if (state == AVAHI_SERVER_FAILURE) static_cast<Registration*>(self)->state_ = State::failed;
  }

  static void on_group(AvahiServer*, AvahiSEntryGroup* group, AvahiEntryGroupState state, void* user_data) {
    Registration& self = *static_cast<Registration*>(user_data);
    self.group_ = group;  // may come before avahi_s_entry_group_new() has returned it
    switch (state) {
      case AVAHI_ENTRY_GROUP_UNCOMMITED:
      case AVAHI_ENTRY_GROUP_REGISTERING:
        break;
      case AVAHI_ENTRY_GROUP_ESTABLISHED:
        self.state_ = State::established;
        break;
      case AVAHI_ENTRY_GROUP_COLLISION:
        self.name_ = alternative(self.name_);
        self.publish_again();
        break;
      case AVAHI_ENTRY_GROUP_FAILURE:
        self.state_ = State::failed;
        break;
    }
  }

  EventLoop& loop_;
  port::IpAddress bind_address_;
  std::string name_;
  std::map<const Owner*, OwnedService> services_;
  AddressWatch address_watch_;
  Timer commit_;
  Timer stuck_;
  bool settling_{false};  ///< settled_ is pending
  Timer settled_;
  State state_{State::probing};
  std::vector<InterfaceAddress> addresses_;  ///< the published ones
  MdnsServer server_;
  AvahiSEntryGroup* group_{nullptr};  ///< belongs to server_
};

MdnsName::MdnsName(EventLoop& loop, port::IpAddress bind_address)
    : loop_{loop}, bind_address_{bind_address} {}

MdnsName::~MdnsName() = default;

Status MdnsName::add(const Owner* owner, std::string_view name, const port::Service& service) {
  if (!registration_) {
    registration_ = std::make_unique<Registration>(loop_, bind_address_, name);
    if (!registration_->start()) {
      registration_.reset();
      return UpdateError::network_failed;
    }
  }
  if (registration_->add(owner, service)) return {};
  remove(owner);
  return UpdateError::network_failed;
}

void MdnsName::remove(const Owner* owner) {
  registration_->remove(owner);
  if (registration_->empty()) registration_.reset();
}

MdnsName::State MdnsName::state() const {
  return registration_->state();
}

std::string_view MdnsName::text() const {
  return registration_->name();
}

}  // namespace airlift::posix
