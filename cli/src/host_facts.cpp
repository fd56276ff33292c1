#include "host_facts.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "airlift_posix/address.hpp"
#include "airlift_posix/unique_fd.hpp"

namespace airlift::cli {
namespace {

namespace fs = std::filesystem;

/// The address the system chooses for a datagram to `device`; connecting a UDP socket sends nothing.
std::optional<posix::InterfaceAddress> way_to(const port::Endpoint& device) {
  const int family = posix::family_of(device.address);
  const posix::UniqueFd fd{socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  const auto to = posix::to_socket_address(device, family);
  if (!fd || !to || connect(fd.get(), to->get(), to->size) != 0) return std::nullopt;
  posix::SocketAddress own;
  if (getsockname(fd.get(), own.get(), &own.size) != 0) return std::nullopt;
  return posix::owner_of(posix::to_endpoint(own.get()).address);
}

std::vector<posix::InterfaceAddress> reachable_addresses() {
  std::vector<posix::InterfaceAddress> own = posix::interface_addresses();
  std::erase_if(own, [](const posix::InterfaceAddress& each) {
    return each.loopback || posix::is_link_local_ipv6(each.address);
  });
  return own;
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

std::string text_of(const fs::path& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// A program and a trace that it leaves when it is on: for ufw a line of its configuration, else a file.
struct KnownFirewall {
  FirewallKind kind;
  std::string_view program;
  std::array<std::string_view, 2> signs;
};

// Lists of rules can only be read by root. ufw.conf and unit links can be read by all (Debian, Ubuntu,
// Fedora).
constexpr std::string_view ufw_configuration{"etc/ufw/ufw.conf"};
constexpr std::array known_firewalls{
    KnownFirewall{FirewallKind::ufw, "ufw", {}},
    KnownFirewall{FirewallKind::firewalld, "firewall-cmd", {"run/firewalld.pid", "run/firewalld"}},
    KnownFirewall{FirewallKind::nftables,
                  "nft",
                  {"etc/systemd/system/sysinit.target.wants/nftables.service",
                   "etc/systemd/system/multi-user.target.wants/nftables.service"}},
    KnownFirewall{FirewallKind::iptables,
                  "iptables",
                  {"etc/systemd/system/multi-user.target.wants/netfilter-persistent.service",
                   "etc/systemd/system/multi-user.target.wants/iptables.service"}},
};

bool installed(std::string_view program, const fs::path& root) {
  constexpr std::array folders{"usr/sbin", "usr/bin", "sbin"};
  return std::any_of(folders.begin(), folders.end(),
                     [&](const char* folder) { return is_there(root / folder / program); });
}

bool is_on(const KnownFirewall& known, const fs::path& root) {
  if (known.kind == FirewallKind::ufw) {
    return ("\n" + text_of(root / ufw_configuration)).find("\nENABLED=yes") != std::string::npos;
  }
  return std::any_of(known.signs.begin(), known.signs.end(),
                     [&](std::string_view sign) { return is_there(root / sign); });
}

std::vector<Firewall> firewalls_in(const fs::path& root) {
  std::vector<Firewall> found;
  for (const KnownFirewall& known : known_firewalls) {
    if (installed(known.program, root)) found.push_back({known.kind, is_on(known, root)});
  }
  std::stable_partition(found.begin(), found.end(), [](const Firewall& firewall) { return firewall.on; });
  return found;
}

Confinement confinement_in(const fs::path& root) {
  const std::string kernel = text_of(root / "proc/sys/kernel/osrelease");
  if (kernel.find("icrosoft") != std::string::npos) return Confinement::wsl;
  // Docker, Podman, and what systemd knows of (systemd.io/CONTAINER_INTERFACE).
  const bool container = is_there(root / ".dockerenv") || is_there(root / "run/.containerenv") ||
                         is_there(root / "run/systemd/container");
  return container ? Confinement::container : Confinement::none;
}

}  // namespace

HostFacts host_facts(const port::Endpoint& device, const fs::path& root) {
  return {way_to(device), reachable_addresses(), firewalls_in(root), confinement_in(root)};
}

}  // namespace airlift::cli
