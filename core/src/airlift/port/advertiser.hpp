#pragma once
// Makes services known on the local network (mDNS / DNS-SD).

#include <string_view>

#include "airlift/base/span.hpp"
#include "airlift/base/status.hpp"

namespace airlift::port {

struct TxtEntry {
  std::string_view key;
  std::string_view value;
};

struct Service {
  std::string_view type;  ///< "_arduino._tcp"
  std::uint16_t port{0};
  Span<const TxtEntry> txt;
};

/// One service of a device. The advertisers of one device may share their name: the first to advertise brings
/// it, and when another device owns it, all get the same other one.
class Advertiser {
 public:
  enum class State : std::uint8_t {
    silent,       ///< nothing is advertised; advertise() ends it
    probing,      ///< asking whether the name is free; the network ends it
    established,  ///< name() is ours and answered for
    failed,       ///< mDNS cannot be used here; withdraw() ends it
  };

  virtual ~Advertiser() = default;

  /// Announces `service` under the instance and host name `name`. One service at a time; copies what it
  /// needs. A shared name is probed for anew. When another device owns the name, a free one like it is
  /// chosen; name() tells which. Outcomes: ok: probing has begun; network_failed: mDNS cannot be used here.
  [[nodiscard]] virtual Status advertise(std::string_view name, const Service& service) = 0;

  /// Says goodbye to the network. Harmless when silent.
  virtual void withdraw() = 0;

  [[nodiscard]] virtual State state() = 0;
  /// The name in use; it may differ from the one asked for. Valid until the next call of this object.
  [[nodiscard]] virtual std::string_view name() = 0;
};

}  // namespace airlift::port
