#pragma once
// What can be learned about this machine, without rights, that tells why a device cannot talk to it.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "airlift_posix/interfaces.hpp"

namespace airlift::cli {

enum class FirewallKind : std::uint8_t { ufw, firewalld, nftables, iptables };

struct Firewall {
  FirewallKind kind{FirewallKind::iptables};
  bool on{false};  ///< as far as can be told without rights; else it is only installed
};

enum class Confinement : std::uint8_t { none, container, wsl };

struct HostFacts {
  /// Ours, from which the system would talk to the device: what a device calls back. Nothing: it has no way.
  std::optional<posix::InterfaceAddress> way;
  /// All of ours but loopback and link-local ones.
  std::vector<posix::InterfaceAddress> addresses;
  std::vector<Firewall> firewalls;  ///< the likeliest to be in the way first
  Confinement confinement{Confinement::none};
};

/// `root` is where the machine's files are.
[[nodiscard]] HostFacts host_facts(const port::Endpoint& device, const std::filesystem::path& root = "/");

}  // namespace airlift::cli
