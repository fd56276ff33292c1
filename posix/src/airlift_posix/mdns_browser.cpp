#include "airlift_posix/mdns_browser.hpp"

#include <avahi-common/malloc.h>
#include <avahi-core/lookup.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <set>
#include <utility>

#include "airlift_posix/mdns_host_addresses.hpp"
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
    if (interface_exists)
      server_ = make_mdns_server(loop, interface, MdnsFamily::ipv4_and_ipv6, on_server, this);
    // The browser belongs to server_.
    if (!server_ ||
        avahi_s_service_browser_new(server_.get(), AVAHI_IF_UNSPEC, AVAHI_PROTO_UNSPEC, type_.c_str(),
                                    nullptr, AvahiLookupFlags{}, on_browse, this) == nullptr) {
      fail();
    }
  }

 private:
  /// A service on one interface, from its first PTR record until the last is withdrawn.
  struct Entry {
    Search* search{nullptr};
    AvahiIfIndex interface { AVAHI_IF_UNSPEC };
    std::set<AvahiProtocol> seen_over;  ///< IPv4, IPv6 or both
    std::unique_ptr<AvahiSServiceResolver, ResolverFree> resolver;
    std::optional<MdnsHostAddresses> addresses;  ///< of the host that the resolver told
    bool resolved{false};                        ///< host, port and txt are known
    bool gave_up{false};                         ///< the resolver did, at least once
    bool reported{false};                        ///< as found, and not as lost since
    std::string name;
    std::uint16_t port{0};
    std::map<std::string, std::string> txt;
    DiscoveredService last_reported;
  };

  static void on_server(AvahiServer*, AvahiServerState state, void* self) {
    if (state == AVAHI_SERVER_FAILURE) static_cast<Search*>(self)->fail();
  }

  static void on_browse(AvahiSServiceBrowser*, AvahiIfIndex interface, AvahiProtocol protocol,
                        AvahiBrowserEvent event, const char* name, const char*, const char*,
                        AvahiLookupResultFlags, void* user_data) {
    Search& self = *static_cast<Search*>(user_data);
    switch (event) {
      case AVAHI_BROWSER_NEW:
        self.add(interface, protocol, name);
        break;
      case AVAHI_BROWSER_REMOVE:
        self.remove(interface, protocol, name);
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
                         const char*, const char*, const char*, const char* host, const AvahiAddress*,
                         std::uint16_t port, AvahiStringList* txt, AvahiLookupResultFlags, void* user_data) {
    Entry& entry = *static_cast<Entry*>(user_data);
    Search& self = *entry.search;
    entry.resolved = event == AVAHI_RESOLVER_FOUND;
    if (entry.resolved) {
      entry.port = port;
      entry.txt = to_map(txt);
      if (!entry.addresses || entry.addresses->host() != host) self.look_for_addresses(entry, host);
    } else {
      entry.gave_up = true;
      self.resolve(entry);
    }
    self.report_change(entry);
  }

  void add(AvahiIfIndex interface, AvahiProtocol protocol, const char* name) {
    const auto [position, is_new] = entries_.try_emplace({interface, name});
    Entry& entry = position->second;
    entry.seen_over.insert(protocol);
    if (!is_new) return;
    entry.search = this;
    entry.interface = interface;
    entry.name = name;
    resolve(entry);
  }

  void remove(AvahiIfIndex interface, AvahiProtocol protocol, const char* name) {
    const auto position = entries_.find({interface, name});
    if (position == entries_.end()) return;
    Entry& entry = position->second;
    entry.seen_over.erase(protocol);
    if (!entry.seen_over.empty()) return;
    report_lost(entry);
    entries_.erase(position);
  }

  /// Goes on until the entry is removed: a resolver gives up after 5 s, and the device may be slower. It
  /// tells one address only, so those are looked for apart.
  void resolve(Entry& entry) {
    entry.resolver.reset(avahi_s_service_resolver_new(
        server_.get(), entry.interface, AVAHI_PROTO_UNSPEC, entry.name.c_str(), type_.c_str(), nullptr,
        AVAHI_PROTO_UNSPEC, AVAHI_LOOKUP_NO_ADDRESS, on_resolve, &entry));
  }

  void look_for_addresses(Entry& entry, const char* host) {
    entry.addresses.emplace(*server_, entry.interface, host, [this, &entry] { report_change(entry); });
  }

  void report_change(Entry& entry) {
    DiscoveredService service{entry.name, {}, {}, interface_name(entry.interface), entry.txt};
    if (entry.addresses) {
      service.host = entry.addresses->host();
      service.endpoints = entry.addresses->endpoints(entry.port);
    }
    if (entry.resolved && !service.endpoints.empty()) {
      report_found(entry, std::move(service));
    } else {
      report_lost(entry);
    }
    report_all_for_now();
  }

  void report_found(Entry& entry, DiscoveredService service) {
    if (entry.reported && service == entry.last_reported) return;
    entry.last_reported = std::move(service);
    const auto kind = entry.reported ? BrowserEvent::Kind::updated : BrowserEvent::Kind::found;
    entry.reported = true;
    callback_({kind, entry.last_reported});
  }

  void report_lost(Entry& entry) {
    if (!std::exchange(entry.reported, false)) return;
    callback_({BrowserEvent::Kind::lost, entry.last_reported});
  }

  void report_all_for_now() {
    const auto was_tried = [](const auto& item) {
      const Entry& entry = item.second;
      return entry.reported || entry.gave_up || (entry.addresses && entry.addresses->looked());
    };
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
