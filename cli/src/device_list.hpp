#pragma once
// The devices seen by mDNS. A device is often seen more than once, on several interfaces: it is listed once.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "airlift_posix/mdns_browser.hpp"

namespace airlift::cli {

enum class PasswordNeed : std::uint8_t { yes, no, unknown };

struct Device {
  std::string name;
  std::string host;                       ///< "devding.local"
  std::vector<port::Endpoint> endpoints;  ///< best first: other machines reach it there, too; never empty
  std::vector<std::string> interfaces;    ///< where each endpoint was seen
  std::map<std::string, std::string> txt;

  [[nodiscard]] const port::Endpoint& endpoint() const { return endpoints.front(); }
  [[nodiscard]] std::string board() const;  ///< empty when not told
  [[nodiscard]] PasswordNeed password() const;
  friend bool operator==(const Device&, const Device&) = default;
};

/// The address without the port: `192.168.1.20`, `fe80::1%2`.
[[nodiscard]] std::string address_text(const port::Endpoint& endpoint);

class DeviceList {
 public:
  struct Change {
    enum class Kind : std::uint8_t { none, found, updated, lost };
    Kind kind{Kind::none};
    Device device;
  };

  /// Takes in what the browser says and tells what that means for the list.
  Change apply(const posix::BrowserEvent& event);

  /// Sorted by name.
  [[nodiscard]] std::vector<Device> devices() const;
  /// Those whose name or host is `name`, with or without `.local`, whatever the case.
  [[nodiscard]] std::vector<Device> matching(std::string_view name) const;

 private:
  /// Same name, host and port on another interface is the same device.
  using Key = std::tuple<std::string, std::string, std::uint16_t>;
  using Sightings = std::map<std::string, posix::DiscoveredService>;  ///< by interface

  [[nodiscard]] static Key key_of(const posix::DiscoveredService& service);
  [[nodiscard]] static Device merged(const Sightings& sightings);

  std::map<Key, Sightings> seen_;
};

}  // namespace airlift::cli
