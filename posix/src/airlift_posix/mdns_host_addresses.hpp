#pragma once
// The addresses of one host on one interface, by mDNS; under MdnsBrowser.

#include <avahi-core/core.h>
#include <avahi-core/lookup.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "airlift/port/network.hpp"

namespace airlift::posix {

class MdnsHostAddresses {
 public:
  /// Looks as long as it lives, for records of both families over both. `changed` is called, never from here,
  /// when addresses have come or gone or looked() has changed; it must not destroy this.
  MdnsHostAddresses(AvahiServer& server, AvahiIfIndex interface, std::string host,
                    std::function<void()> changed);
  MdnsHostAddresses(const MdnsHostAddresses&) = delete;
  MdnsHostAddresses& operator=(const MdnsHostAddresses&) = delete;

  [[nodiscard]] const std::string& host() const { return host_; }
  /// Best first: IPv4, IPv6, link-local IPv6.
  [[nodiscard]] std::vector<port::Endpoint> endpoints(std::uint16_t port) const;
  /// What answered at once is known.
  [[nodiscard]] bool looked() const { return lookups_left_ <= 0; }

 private:
  struct BrowserFree {
    void operator()(AvahiSRecordBrowser* browser) const { avahi_s_record_browser_free(browser); }
  };
  using Browser = std::unique_ptr<AvahiSRecordBrowser, BrowserFree>;
  using Sighting = std::pair<AvahiProtocol, port::IpAddress>;  ///< over which family it was told

  [[nodiscard]] Browser browse(AvahiServer& server, std::uint16_t record_type);
  static void on_record(AvahiSRecordBrowser* browser, AvahiIfIndex interface, AvahiProtocol protocol,
                        AvahiBrowserEvent event, AvahiRecord* record, AvahiLookupResultFlags flags,
                        void* self);

  AvahiIfIndex interface_;
  std::string host_;
  std::function<void()> changed_;
  std::vector<Sighting> sightings_;
  int lookups_left_{2};
  std::array<Browser, 2> browsers_;
};

}  // namespace airlift::posix
