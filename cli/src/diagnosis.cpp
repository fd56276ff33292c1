#include "diagnosis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "airlift/codec/text.hpp"
#include "airlift_posix/address.hpp"

namespace airlift::cli {
namespace {

/// All that a cause may depend on.
struct Case {
  const PushFailure& failure;
  const Attempt& attempt;
  const UploadOptions& options;
  const HostFacts& facts;

  [[nodiscard]] std::string address() const { return posix::to_text(attempt.device.address); }
  [[nodiscard]] bool loopback() const { return posix::is_loopback(attempt.device.address); }
  [[nodiscard]] std::string listening_port() const {
    return attempt.listening_at.substr(attempt.listening_at.rfind(':') + 1);
  }
  /// Ours: what the device calls back.
  [[nodiscard]] std::string own_address() const {
    if (!options.host_address.empty()) return options.host_address;
    return facts.way ? posix::to_text(facts.way->address) : std::string{"this computer"};
  }
  /// Ours in the device's subnet.
  [[nodiscard]] std::vector<posix::InterfaceAddress> neighbours() const {
    std::vector<posix::InterfaceAddress> result;
    std::copy_if(facts.addresses.begin(), facts.addresses.end(), std::back_inserter(result),
                 [this](const auto& own) { return posix::in_subnet(attempt.device.address, own); });
    return result;
  }
};

using Causes = std::vector<std::string>;

std::string name_of(const posix::InterfaceAddress& own) {
  return fmt::format("{} ({})", posix::to_text(own.address), own.interface);
}

/// Lets `from` in; for those with several tables, into the one that distributions begin with.
std::string command_of(FirewallKind kind, const port::IpAddress& from, std::string_view port) {
  const bool ipv4 = posix::is_ipv4(from);
  const std::string address = posix::to_text(from);
  switch (kind) {
    case FirewallKind::ufw:
      return fmt::format("sudo ufw allow from {} to any port {} proto tcp", address, port);
    case FirewallKind::firewalld:
      return fmt::format(
          "sudo firewall-cmd --add-rich-rule='rule family=\"{}\" source address=\"{}\" port port=\"{}\" "
          "protocol=\"tcp\" accept'",
          ipv4 ? "ipv4" : "ipv6", address, port);
    case FirewallKind::nftables:
      return fmt::format("sudo nft insert rule inet filter input {} saddr {} tcp dport {} accept",
                         ipv4 ? "ip" : "ip6", address, port);
    case FirewallKind::iptables:
      return fmt::format("sudo {} -I INPUT -p tcp -s {} --dport {} -j ACCEPT",
                         ipv4 ? "iptables" : "ip6tables", address, port);
  }
  return {};
}

/// How this computer's firewall lets the device connect, or that there is none.
std::string own_firewall(const Case& of) {
  const std::string port = of.listening_port();
  if (of.facts.firewalls.empty()) {
    return fmt::format(
        "No firewall is installed on this computer; one on the way, or a guest network that "
        "keeps its members apart, may stop TCP from {} to {} port {}.",
        of.address(), of.own_address(), port);
  }
  const Firewall& firewall = of.facts.firewalls.front();
  const std::string command = command_of(firewall.kind, of.attempt.device.address, port);
  const std::string again =
      of.options.host_port == 0 ? fmt::format(", then once more with -P {}", port) : std::string{};
  return fmt::format("{}: `{}`{}.",
                     firewall.on ? "This computer's firewall stops the device"
                                 : "A firewall on this computer, if it is on, stops the device",
                     command, again);
}

void wrong_interface(const Case& of, Causes& causes) {
  const auto& way = of.facts.way;
  if (!of.options.host_address.empty() && way && posix::to_text(way->address) != of.options.host_address) {
    causes.push_back(
        fmt::format("The device calls back {}, the address of -I, but the system's way to it is from {}: "
                    "leave -I out.",
                    of.options.host_address, name_of(*way)));
  } else if (const auto neighbours = of.neighbours(); neighbours.size() > 1 && way) {
    std::string others;
    for (const posix::InterfaceAddress& own : neighbours) {
      if (own.address == way->address) continue;
      others += fmt::format("{}{}", others.empty() ? "" : " or ",
                            fmt::format("-I {} ({})", posix::to_text(own.address), own.interface));
    }
    causes.push_back(fmt::format("Several interfaces are in the device's network; it calls back {}. Try {}.",
                                 name_of(*way), others));
  }
}

/// A machine inside a machine has addresses nobody outside can call.
void confinement(const Case& of, Causes& causes) {
  if (of.loopback() || !of.neighbours().empty()) return;
  if (of.facts.confinement == Confinement::container) {
    causes.push_back(
        fmt::format("This is a container, and the device cannot call its address {}: run it with "
                    "--network host.",
                    of.own_address()));
  } else if (of.facts.confinement == Confinement::wsl) {
    causes.push_back(
        fmt::format("This is WSL, and the device cannot call its address {}: set networkingMode=mirrored in "
                    ".wslconfig, or upload from Windows.",
                    of.own_address()));
  }
}

void no_connect_back(const Case& of, Causes& causes) {
  wrong_interface(of, causes);
  confinement(of, causes);
  if (!of.loopback()) causes.push_back(own_firewall(of));
  if (of.attempt.protocol != Protocol::extension && of.attempt.size_bytes > 0) {
    causes.push_back(
        fmt::format("An ESP32 behaves so when the image is too large for it: this one has {} bytes. Compare "
                    "with the sketch's partition scheme.",
                    of.attempt.size_bytes));
  }
}

void no_connection(const Case& of, Causes& causes) {
  if (!of.loopback()) {
    causes.push_back(fmt::format("A firewall on the device stops us: `{}` there.",
                                 fmt::format("sudo ufw allow {}/tcp", of.attempt.device.port)));
  }
  no_connect_back(of, causes);
}

std::string other_port(std::uint16_t port) {
  if (port == wire::esp8266_port)
    return "8266 is the port of an ESP8266 or Airlift device; an ESP32 has 3232: -p 3232.";
  if (port == wire::esp32_port)
    return "3232 is the port of an ESP32; an ESP8266 or Airlift device has 8266: -p 8266.";
  return fmt::format("{} may not be its OTA port: -p 8266 (ESP8266, Airlift) or -p 3232 (ESP32).", port);
}

void no_answer(const Case& of, Causes& causes) {
  const std::uint16_t port = of.attempt.device.port;
  if (of.failure.message.find(nothing_listens) != std::string::npos) {
    causes.push_back(other_port(port));
    causes.emplace_back("The device restarts just now, or what it runs has no OTA: look at its console.");
    return;
  }
  causes.push_back(fmt::format(
      "The device is off or has another address: `ping -c 1 {}`, `airlift discover`.", of.address()));
  causes.push_back(other_port(port));
  if (of.loopback()) return;
  if (of.neighbours().empty() && of.facts.way) {
    causes.push_back(
        fmt::format("{} is in none of this computer's networks; datagrams leave from {} to a router. "
                    "Are both in the same network?",
                    of.address(), name_of(*of.facts.way)));
  }
  causes.push_back(
      fmt::format("A firewall on a Linux device stops UDP: `sudo ufw allow {}/udp` there.", port));
}

void no_route(const Case& of, Causes& causes) {
  std::string own;
  for (const posix::InterfaceAddress& each : of.facts.addresses) {
    own += fmt::format("{}{}", own.empty() ? "" : ", ", name_of(each));
  }
  causes.push_back(fmt::format("This computer is not in the device's network: `ip route get {}`. It has {}.",
                               of.address(), own.empty() ? "no address" : own));
  if (!of.options.host_address.empty()) {
    causes.push_back(
        fmt::format("-I {} may belong to another network: leave it out.", of.options.host_address));
  }
}

bool looks_like_a_hash(std::string_view password) {
  std::array<std::uint8_t, 32> room{};
  return codec::from_hex(password, MutableBytes{room}.first(16)) || codec::from_hex(password, room);
}

void wrong_password(const Case& of, Causes& causes) {
  if (looks_like_a_hash(of.options.password)) {
    causes.emplace_back(
        "The password given looks like a hash: give the password itself, not what the sketch "
        "has in setPasswordHash().");
  }
  if (of.attempt.protocol == Protocol::extension) {
    causes.emplace_back("It is not the `passwd` of the device's ota element.");
    return;
  }
  causes.emplace_back("It is not what the sketch has in setPassword().");
  if (of.options.first_hash == wire::StoredHash::md5) {
    causes.emplace_back(
        "-m is for sketches that have an MD5 in setPasswordHash(); an ESP32 core from 3.3.1 on "
        "has SHA-256: leave -m out, then both are tried.");
  }
  causes.emplace_back(
      "The running sketch is older than the one with this password: upload with the one before.");
}

void no_space(const Case& of, Causes& causes) {
  if (of.attempt.size_bytes == 0) return;
  const std::string sizes =
      of.failure.device_says.empty() ? "" : fmt::format(" The device: {}.", of.failure.device_says);
  causes.push_back(
      fmt::format("The file has {} bytes.{} Leave parts out, strip it, or compress it "
                  "(`airlift sign --compress`, `gzip`) where the device can unpack.",
                  of.attempt.size_bytes, sizes));
  causes.emplace_back(
      "An ESP8266 or ESP32 needs room for two images: choose a flash layout or partition scheme "
      "with OTA and a smaller file system, and upload that once by cable.");
  causes.emplace_back("A Linux device: set it up anew with `airlift-device init --slot-size`.");
}

void name_not_found(const Case&, Causes& causes) {
  causes.emplace_back("The device is off, in another network, or called otherwise: `airlift discover`.");
  causes.emplace_back(
      "The network or this computer's firewall stops mDNS (UDP port 5353): give the device's "
      "address instead of its name.");
}

void listen_failed(const Case& of, Causes& causes) {
  if (!of.options.host_address.empty()) {
    causes.push_back(
        fmt::format("-I {} is not an address of this computer: `ip -brief address`; leave it out.",
                    of.options.host_address));
  }
  if (of.options.host_port != 0) {
    causes.push_back(fmt::format("Another program has port {}: `ss -tlnp 'sport = :{}'`; leave -P out.",
                                 of.options.host_port, of.options.host_port));
  }
}

void broken_off(const Case& of, Causes& causes) {
  causes.push_back(fmt::format("The link is weak: `ping -c 20 {}` shows how much is lost.", of.address()));
  causes.emplace_back("The device restarted or lost its power: look at its console.");
}

void not_back(const Case& of, Causes& causes) {
  causes.push_back(
      fmt::format("It has another address now: `ping -c 1 {}`, `airlift discover`.", of.address()));
  causes.emplace_back("The new image does not start, or has no OTA: look at the device's console.");
}

struct Row {
  UpdateError error;
  void (*add)(const Case&, Causes&);
};

// What is not here needs no look at this machine: its advice says it all.
constexpr std::array rows{
    Row{UpdateError::no_connect_back, no_connect_back},
    Row{UpdateError::no_connection, no_connection},
    Row{UpdateError::no_answer, no_answer},
    Row{UpdateError::no_route, no_route},
    Row{UpdateError::wrong_password, wrong_password},
    Row{UpdateError::no_space, no_space},
    Row{UpdateError::name_not_found, name_not_found},
    Row{UpdateError::listen_failed, listen_failed},
    Row{UpdateError::connection_lost, broken_off},
    Row{UpdateError::stalled, broken_off},
    Row{UpdateError::not_back, not_back},
};

}  // namespace

std::vector<std::string> likely_causes(const PushFailure& failure, const Attempt& attempt,
                                       const UploadOptions& options, const HostFacts& facts) {
  Causes causes;
  const auto* row =
      std::find_if(rows.begin(), rows.end(), [&](const Row& each) { return each.error == failure.code; });
  if (row != rows.end()) row->add({failure, attempt, options, facts}, causes);
  return causes;
}

void add_causes(UploadReport& report, const UploadOptions& options) {
  if (!report.failure) return;
  const Attempt attempt{report.device, report.protocol, report.listening_at, report.size_bytes};
  report.failure->causes = likely_causes(*report.failure, attempt, options, host_facts(report.device));
}

}  // namespace airlift::cli
