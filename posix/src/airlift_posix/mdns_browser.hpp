#pragma once
// Finds services in the local network by mDNS / DNS-SD, with avahi-core inside the process.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "airlift/port/network.hpp"
#include "airlift_posix/event_loop.hpp"

namespace airlift::posix {

struct DiscoveredService {
  std::string name;                       ///< instance name: "devding"
  std::string host;                       ///< "devding.local"
  std::vector<port::Endpoint> endpoints;  ///< its addresses, IPv4 first, with its port; never empty
  std::string interface;                  ///< where it was seen: "eth0"
  std::map<std::string, std::string> txt;
  friend bool operator==(const DiscoveredService&, const DiscoveredService&) = default;
};

struct BrowserEvent {
  enum class Kind : std::uint8_t {
    found,        ///< service: everything
    updated,      ///< service: everything, something of it is new
    lost,         ///< service: as last reported
    all_for_now,  ///< what answered at once has been reported; later ones may follow
    failed,       ///< mDNS cannot be used here; nothing follows
  };
  Kind kind{Kind::all_for_now};
  DiscoveredService service;
};

/// Reports each service once per interface, as soon as it has an address; more of them are an update. Speaks
/// IPv4 and, where the machine has it, IPv6. Looks as long as it lives.
class MdnsBrowser {
 public:
  using Callback = std::function<void(const BrowserEvent&)>;

  /// Looks for `service_type` ("_arduino._tcp") on all interfaces, or on `interface` only when it is named
  /// ("lo"). `callback` is called from the loop, never from here; it must not destroy the browser or throw.
  MdnsBrowser(EventLoop& loop, std::string service_type, Callback callback,
              const std::string& interface = {});
  ~MdnsBrowser();

 private:
  class Search;

  std::unique_ptr<Search> search_;
};

}  // namespace airlift::posix
