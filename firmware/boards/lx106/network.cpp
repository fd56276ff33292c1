// OpenCores Ethernet MAC (opencores.org, "Ethernet IP Core Specification"): descriptors in the chip, frames
// in memory.

#include <lwip/etharp.h>
#include <lwip/pbuf.h>
#include <netif/ethernet.h>

#include <algorithm>
#include <array>

#include "board/board.hpp"
#include "machine.hpp"

namespace airlift::firmware {
namespace {

constexpr std::uint32_t frame_bytes{1536};
constexpr std::uint32_t checksum_bytes{4};
constexpr std::uint32_t send_frames{8};
constexpr std::uint32_t receive_frames{32};

using Mac = std::array<std::uint8_t, ETH_HWADDR_LEN>;

// QEMU tells the chip no address. Where nobody has left one here, it is the one that QEMU gives a machine's
// first chip.
extern "C" const volatile std::uint8_t mac_address[2 + ETH_HWADDR_LEN];  // of the linker script
constexpr Mac default_mac{0x52, 0x54, 0x00, 0x12, 0x34, 0x56};

Mac mac() {
  Mac told{};
  std::copy_n(mac_address + 2, told.size(), told.begin());
  return told == Mac{} ? default_mac : told;
}

constexpr std::uint32_t mode_register{0x00};
constexpr std::uint32_t send_count_register{0x20};
constexpr std::uint32_t address_low_register{0x40};
constexpr std::uint32_t address_high_register{0x44};
constexpr std::uint32_t multicast_register{0x48};
constexpr std::uint32_t descriptors{0x400};

// Pads short frames, appends checksums, sends, receives.
constexpr std::uint32_t mode{0x8000 | 0x2000 | 0x2 | 0x1};

// Of a descriptor; the length is in its upper half.
constexpr std::uint32_t chips{0x8000};  ///< to be sent, or free to receive into; the chip clears it
constexpr std::uint32_t last{0x2000};
constexpr std::uint32_t pad_and_checksum{0x1800};
constexpr std::uint32_t receive_errors{0x7F};

/// What one descriptor of the chip stands for.
struct Frame {
  alignas(4) std::array<std::uint8_t, frame_bytes + checksum_bytes> bytes;
};

std::array<Frame, send_frames> to_send;
std::array<Frame, receive_frames> received;
std::uint32_t next_to_send{0};
std::uint32_t next_received{0};

volatile std::uint32_t& chip(std::uint32_t offset) {
  return lx106::word_at(lx106::ethernet_address + offset);
}

volatile std::uint32_t& state_of(std::uint32_t descriptor) {
  return chip(descriptors + descriptor * 8);
}

void place(std::uint32_t descriptor, const Frame& frame) {
  chip(descriptors + descriptor * 8 + 4) = reinterpret_cast<std::uint32_t>(frame.bytes.data());
}

/// The compiler keeps what it does to frames before, or behind, what it does to the chip.
void order_memory() {
  asm volatile("memw" ::: "memory");
}

void give_back(std::uint32_t index) {
  state_of(send_frames + index) = chips | (index + 1 == receive_frames ? last : 0);
}

err_t send(netif*, pbuf* packet) {
  if (packet->tot_len > frame_bytes) return ERR_BUF;
  if ((state_of(next_to_send) & chips) != 0) return ERR_MEM;  // TCP sends it again
  (void)pbuf_copy_partial(packet, to_send[next_to_send].bytes.data(), packet->tot_len, 0);
  order_memory();
  const bool is_last = next_to_send + 1 == send_frames;
  state_of(next_to_send) =
      std::uint32_t{packet->tot_len} << 16 | chips | pad_and_checksum | (is_last ? last : 0);
  next_to_send = is_last ? 0 : next_to_send + 1;
  return ERR_OK;
}

/// Without memory the frame is lost, as on the wire.
void hand_over(netif* interface, Bytes frame) {
  pbuf* const packet = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(frame.size()), PBUF_POOL);
  if (packet == nullptr) return;
  (void)pbuf_take(packet, frame.data(), static_cast<u16_t>(frame.size()));
  if (interface->input(packet, interface) != ERR_OK) (void)pbuf_free(packet);
}

void start_chip(const Mac& mac) {
  chip(mode_register) = 0;
  chip(send_count_register) = send_frames;
  chip(address_low_register) = std::uint32_t{mac[2]} << 24 | mac[3] << 16 | mac[4] << 8 | mac[5];
  chip(address_high_register) = std::uint32_t{mac[0]} << 8 | mac[1];
  // Every multicast group: lwIP sorts out what nobody asked for.
  chip(multicast_register) = ~std::uint32_t{0};
  chip(multicast_register + 4) = ~std::uint32_t{0};
  for (std::uint32_t i = 0; i < send_frames; ++i) place(i, to_send[i]);
  for (std::uint32_t i = 0; i < receive_frames; ++i) {
    place(send_frames + i, received[i]);
    give_back(i);
  }
  chip(mode_register) = mode;
}

}  // namespace

signed char board::start_network(netif* interface) {
  const Mac own = mac();
  std::copy(own.begin(), own.end(), interface->hwaddr);
  interface->hwaddr_len = ETH_HWADDR_LEN;
  interface->mtu = 1500;
  interface->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_IGMP;
  interface->name[0] = 'e';
  interface->name[1] = 'n';
  interface->output = etharp_output;
  interface->linkoutput = send;
  start_chip(own);
  return ERR_OK;
}

void board::poll_network(netif* interface) {
  for (std::uint32_t frames = 0; frames < receive_frames; ++frames) {
    const std::uint32_t state = state_of(send_frames + next_received);
    if ((state & chips) != 0) return;
    const std::uint32_t length = state >> 16;
    order_memory();
    if ((state & receive_errors) == 0 && length > checksum_bytes) {
      hand_over(interface, Bytes{received[next_received].bytes}.first(length - checksum_bytes));
    }
    give_back(next_received);
    next_received = (next_received + 1) % receive_frames;
  }
}

}  // namespace airlift::firmware
