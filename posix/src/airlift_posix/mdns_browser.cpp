#include "airlift_posix/mdns_browser.hpp"

#include <avahi-common/address.h>
#include <avahi-common/malloc.h>
#include <avahi-core/lookup.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "airlift_posix/address.hpp"
#include "airlift_posix/mdns_server.hpp"

namespace airlift::posix {
namespace {

struct ResolverFree {
  void operator()(AvahiSServiceResolver* resolver) const { avahi_s_service_resolver_free(resolver); }
};

std::string interface_name(AvahiIfIndex index) {
  std::array<char, IF_NAMESIZE> name{};
  return if_indextoname(static_cast<unsigned>(index), name.data()) != nullptr ? name.data() : std::string{};
}

port::Endpoint to_endpoint(const AvahiAddress& address, std::uint16_t port, AvahiIfIndex interface) {
  port::Endpoint endpoint{{}, port, 0};
  std::array<char, AVAHI_ADDRESS_STR_MAX> text{};
  avahi_address_snprint(text.data(), text.size(), &address);
  endpoint.address = parse_address(text.data()).value_or(port::IpAddress{});
  if (is_link_local_ipv6(endpoint.address)) endpoint.scope = static_cast<std::uint32_t>(interface);
  return endpoint;
}

std::map<std::string, std::string> to_map(const AvahiStringList* list) {
  std::map<std::string, std::string> txt;
  for (; list != nullptr; list = list->next) {
    const std::string text{reinterpret_cast<const char*>(list->text), list->size};
    const std::size_t separator = text.find('=');
    if (separator != std::string::npos) txt.emplace(text.substr(0, separator), text.substr(separator + 1));
  }
  return txt;
}

}  // namespace

class MdnsBrowser::Search {
 public:
  Search(EventLoop& loop, std::string service_type, Callback callback, const std::string& interface)
      : loop_{loop}, type_{std::move(service_type)}, callback_{std::move(callback)} {
    const bool interface_exists = interface.empty() || if_nametoindex(interface.c_str()) != 0;
    if (interface_exists) server_ = make_mdns_server(loop, interface, MdnsFamily::ipv4, on_server, this);
    // The browser belongs to server_.
    if (!server_ ||
        avahi_s_service_browser_new(server_.get(), AVAHI_IF_UNSPEC, AVAHI_PROTO_UNSPEC, type_.c_str(),
                                    nullptr, AvahiLookupFlags{}, on_browse, this) == nullptr) {
      fail();
    }
  }

 private:
  /// A service on one interface, from its first PTR record until that is withdrawn.
  struct Entry {
    Search* search{nullptr};
    AvahiIfIndex interface { AVAHI_IF_UNSPEC };
    AvahiProtocol address_family{AVAHI_PROTO_INET};  ///< asked for; any after IPv4 gave nothing
    std::unique_ptr<AvahiSServiceResolver, ResolverFree> resolver;
    bool tried{false};     ///< the resolver has succeeded or given up at least once
    bool reported{false};  ///< as found, and not as lost since
    DiscoveredService service;
  };

  static void on_server(AvahiServer*, AvahiServerState state, void* self) {
    if (state == AVAHI_SERVER_FAILURE) static_cast<Search*>(self)->fail();
  }

  static void on_browse(AvahiSServiceBrowser*, AvahiIfIndex interface, AvahiProtocol, AvahiBrowserEvent event,
                        const char* name, const char*, const char*, AvahiLookupResultFlags, void* user_data) {
    Search& self = *static_cast<Search*>(user_data);
    switch (event) {
      case AVAHI_BROWSER_NEW:
        self.add(interface, name);
        break;
      case AVAHI_BROWSER_REMOVE:
        self.remove(interface, name);
        break;
      case AVAHI_BROWSER_CACHE_EXHAUSTED:
        break;
      case AVAHI_BROWSER_ALL_FOR_NOW:
        self.browsed_all_ = true;
        break;
      case AVAHI_BROWSER_FAILURE:
        self.fail();
        break;
    }
    self.report_all_for_now();
  }

  static void on_resolve(AvahiSServiceResolver*, AvahiIfIndex, AvahiProtocol, AvahiResolverEvent event,
                         const char*, const char*, const char*, const char* host, const AvahiAddress* address,
                         std::uint16_t port, AvahiStringList* txt, AvahiLookupResultFlags, void* user_data) {
    Entry& entry = *static_cast<Entry*>(user_data);
    Search& self = *entry.search;
    entry.tried = true;
    if (event == AVAHI_RESOLVER_FOUND) {
      DiscoveredService service{entry.service.name, host, to_endpoint(*address, port, entry.interface),
                                interface_name(entry.interface), to_map(txt)};
      self.report_found(entry, std::move(service));
    } else {
      self.report_lost(entry);
      entry.address_family = AVAHI_PROTO_UNSPEC;
      self.resolve(entry);
    }
    self.report_all_for_now();
  }

  void add(AvahiIfIndex interface, const char* name) {
    const auto [position, is_new] = entries_.try_emplace({interface, name});
    if (!is_new) return;
    Entry& entry = position->second;
    entry.search = this;
    entry.interface = interface;
    entry.service.name = name;
    resolve(entry);
  }

  void remove(AvahiIfIndex interface, const char* name) {
    const auto position = entries_.find({interface, name});
    if (position == entries_.end()) return;
    report_lost(position->second);
    entries_.erase(position);
  }

  /// Goes on until the entry is removed: a resolver gives up after 5 s, and the device may be slower.
  void resolve(Entry& entry) {
    entry.resolver.reset(avahi_s_service_resolver_new(
        server_.get(), entry.interface, AVAHI_PROTO_UNSPEC, entry.service.name.c_str(), type_.c_str(),
        nullptr, entry.address_family, AvahiLookupFlags{}, on_resolve, &entry));
  }

  void report_found(Entry& entry, DiscoveredService service) {
    if (entry.reported && service == entry.service) return;
    entry.service = std::move(service);
    const auto kind = entry.reported ? BrowserEvent::Kind::updated : BrowserEvent::Kind::found;
    entry.reported = true;
    callback_({kind, entry.service});
  }

  void report_lost(Entry& entry) {
    if (!std::exchange(entry.reported, false)) return;
    callback_({BrowserEvent::Kind::lost, entry.service});
  }

  void report_all_for_now() {
    const auto was_tried = [](const auto& item) { return item.second.tried; };
    if (!browsed_all_ || reported_all_ || !std::all_of(entries_.begin(), entries_.end(), was_tried)) return;
    reported_all_ = true;
    report(BrowserEvent::Kind::all_for_now);
  }

  void report(BrowserEvent::Kind kind) { callback_({kind, {}}); }

  /// Later, because it may happen inside the constructor.
  void fail() {
    failure_ = loop_.after(std::chrono::milliseconds{0}, [this] { report(BrowserEvent::Kind::failed); });
  }

  EventLoop& loop_;
  std::string type_;
  Callback callback_;
  bool browsed_all_{false};
  bool reported_all_{false};
  Timer failure_;
  MdnsServer server_;
  std::map<std::pair<AvahiIfIndex, std::string>, Entry>
      entries_;  ///< behind server_: resolvers must go first
};

MdnsBrowser::MdnsBrowser(EventLoop& loop, std::string service_type, Callback callback,
                         const std::string& interface)
    : search_{std::make_unique<Search>(loop, std::move(service_type), std::move(callback), interface)} {}

MdnsBrowser::~MdnsBrowser() = default;

}  // namespace airlift::posix
