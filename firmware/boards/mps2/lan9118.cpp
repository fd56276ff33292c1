// The network chip: SMSC LAN9118, data sheet DS00002266. Polled; a frame passes through its FIFOs word by
// word.

#include <lwip/etharp.h>

#include <array>

#include "airlift/base/endian.hpp"
#include "board/board.hpp"
#include "registers.hpp"

namespace airlift::firmware {
namespace {

using mps2::Register;

constexpr std::uint32_t chip{0x40200000};
constexpr Register receive_data{chip + 0x00};
constexpr Register send_data{chip + 0x20};
constexpr Register receive_status{chip + 0x40};
constexpr Register send_status{chip + 0x48};
constexpr Register identity{chip + 0x50};
constexpr Register send_config{chip + 0x70};
constexpr Register hardware_config{chip + 0x74};
constexpr Register receive_fill{chip + 0x7C};
constexpr Register send_fill{chip + 0x80};
constexpr Register mac_command{chip + 0xA4};
constexpr Register mac_data{chip + 0xA8};

constexpr std::uint32_t sending{1U << 1};                            // send_config
constexpr std::uint32_t store_and_forward{1U << 20}, soft_reset{1};  // hardware_config
constexpr std::uint32_t mac_busy{1U << 31}, mac_read{1U << 30};      // mac_command
constexpr std::uint32_t first_and_last_piece{3U << 12};              // of a command to send
constexpr std::uint32_t receive_error{1U << 15};                     // of a receive status
constexpr std::uint32_t length_mask{0x3FFF};                         // likewise, in the upper half
constexpr std::size_t checksum_bytes{4};                             // behind each received frame

/// Behind mac_command and mac_data.
enum class MacRegister : std::uint32_t { control = 1, address_high = 2, address_low = 3 };
/// All multicasts (mDNS), both directions.
constexpr std::uint32_t mac_on{1U << 20 | 1U << 19 | 1U << 3 | 1U << 2};

constexpr std::size_t longest_frame{1514};
/// In one call, so that it returns soon; as many as the chip can hold in full length.
constexpr int most_frames{8};

/// The FIFOs take and give whole words.
using FrameBuffer = std::array<std::uint32_t, 512>;
FrameBuffer outgoing;
FrameBuffer incoming;

constexpr std::size_t words_of(std::size_t bytes) {
  return (bytes + 3) / 4;
}

void wait_for_mac() {
  while ((mac_command & mac_busy) != 0) {
  }
}

std::uint32_t read_mac(MacRegister which) {
  mac_command = mac_busy | mac_read | static_cast<std::uint32_t>(which);
  wait_for_mac();
  return mac_data;
}

void write_mac(MacRegister which, std::uint32_t value) {
  mac_data = value;
  mac_command = mac_busy | static_cast<std::uint32_t>(which);
  wait_for_mac();
}

err_t send_frame(netif*, pbuf* packet) {
  const std::size_t size = packet->tot_len;
  // Nobody reads how it went, but the next frame needs the room.
  while ((send_fill >> 16 & 0xFF) != 0) static_cast<void>(std::uint32_t{send_status});
  const std::size_t room = send_fill & 0xFFFF;
  if (size > longest_frame || room < size + 2 * sizeof(std::uint32_t) + 4) return ERR_IF;
  pbuf_copy_partial(packet, outgoing.data(), packet->tot_len, 0);
  send_data = first_and_last_piece | static_cast<std::uint32_t>(size);
  send_data = static_cast<std::uint32_t>(size);
  for (std::size_t i = 0; i < words_of(size); ++i) send_data = outgoing[i];
  return ERR_OK;
}

/// Null: it was damaged, or there is no memory for it; its sender will say it again.
pbuf* take_frame() {
  const std::uint32_t status = receive_status;
  const std::size_t size = status >> 16 & length_mask;
  for (std::size_t i = 0; i < words_of(size); ++i) {
    const std::uint32_t word = receive_data;
    if (i < incoming.size()) incoming[i] = word;
  }
  const bool good = (status & receive_error) == 0 && size > checksum_bytes && size <= sizeof(incoming);
  if (!good) return nullptr;
  const auto frame_size = static_cast<u16_t>(size - checksum_bytes);
  pbuf* const frame = pbuf_alloc(PBUF_RAW, frame_size, PBUF_POOL);
  if (frame != nullptr) pbuf_take(frame, incoming.data(), frame_size);
  return frame;
}

}  // namespace

signed char board::start_network(netif* interface) {
  if (identity >> 16 != 0x0118) return ERR_IF;
  hardware_config = soft_reset;
  while ((hardware_config & soft_reset) != 0) {
  }
  hardware_config = store_and_forward;
  send_config = sending;
  write_mac(MacRegister::control, mac_on);
  // The chip has read it from its EEPROM.
  store_le32(interface->hwaddr, read_mac(MacRegister::address_low));
  store_le16(interface->hwaddr + 4, static_cast<std::uint16_t>(read_mac(MacRegister::address_high)));
  interface->hwaddr_len = ETH_HWADDR_LEN;
  interface->mtu = 1500;
  interface->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_IGMP;
  interface->name[0] = 'e';
  interface->name[1] = 'n';
  interface->output = etharp_output;
  interface->linkoutput = send_frame;
  return ERR_OK;
}

void board::poll_network(netif* interface) {
  for (int frames = 0; frames < most_frames && (receive_fill >> 16 & 0xFF) != 0; ++frames) {
    pbuf* const frame = take_frame();
    if (frame != nullptr && interface->input(frame, interface) != ERR_OK) pbuf_free(frame);
  }
}

}  // namespace airlift::firmware
