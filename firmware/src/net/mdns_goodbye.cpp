#include "net/mdns_goodbye.hpp"

#include <lwip/prot/dns.h>
#include <lwip/prot/iana.h>
#include <lwip/udp.h>

#include <algorithm>
#include <array>

#include "airlift/base/span.hpp"

namespace airlift::firmware {
namespace {

/// RFC 1035, 4.1.
class Packet {
 public:
  void number(std::uint16_t value) {
    byte(static_cast<std::uint8_t>(value >> 8));
    byte(static_cast<std::uint8_t>(value));
  }
  void label(std::string_view text) {
    byte(static_cast<std::uint8_t>(text.size()));
    for (const char c : text) byte(static_cast<std::uint8_t>(c));
  }
  [[nodiscard]] Bytes bytes() const { return Bytes{bytes_}.first(size_); }

 private:
  void byte(std::uint8_t value) { bytes_[size_++] = value; }

  std::array<std::uint8_t, 192> bytes_{};  ///< two labels of 64 bytes and less than 64 else
  std::size_t size_{0};
};

constexpr std::uint16_t service_offset{12};  ///< the service's name lies behind the header
constexpr std::uint16_t response{0x8400};    ///< authoritative
constexpr std::uint16_t reference{0xC000};   ///< to a name at an offset

/// `_arduino._tcp.local. 0 IN PTR name._arduino._tcp.local.`: RFC 6762, 10.1.
Packet goodbye(std::string_view name, std::string_view type, bool is_udp) {
  Packet packet;
  for (const int value : {0, int{response}, 0, 1, 0, 0}) packet.number(static_cast<std::uint16_t>(value));
  packet.label(type);
  packet.label(is_udp ? "_udp" : "_tcp");
  packet.label("local");
  packet.label("");
  packet.number(DNS_RRTYPE_PTR);
  packet.number(DNS_RRCLASS_IN);
  packet.number(0);  // seconds to live
  packet.number(0);
  packet.number(static_cast<std::uint16_t>(1 + name.size() + sizeof(reference)));
  packet.label(name);
  packet.number(reference | service_offset);
  return packet;
}

/// The responder's own socket: answers count from the port of mDNS only (RFC 6762, 6).
udp_pcb* mdns_socket() {
  udp_pcb* socket = udp_pcbs;
  while (socket != nullptr && socket->local_port != LWIP_IANA_PORT_MDNS) socket = socket->next;
  return socket;
}

}  // namespace

void say_goodbye(netif& interface, std::string_view name, std::string_view type, bool is_udp) {
  udp_pcb* const socket = mdns_socket();
  const Packet packet = goodbye(name, type, is_udp);
  const auto size = static_cast<u16_t>(packet.bytes().size());
  pbuf* const data = socket == nullptr ? nullptr : pbuf_alloc(PBUF_TRANSPORT, size, PBUF_RAM);
  if (data == nullptr) return;
  pbuf_take(data, packet.bytes().data(), size);
  const ip_addr_t everybody = IPADDR4_INIT_BYTES(224, 0, 0, 251);
  udp_sendto_if(socket, data, &everybody, LWIP_IANA_PORT_MDNS, &interface);
  pbuf_free(data);
}

}  // namespace airlift::firmware
