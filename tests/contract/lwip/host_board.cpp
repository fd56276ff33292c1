#include "contract/lwip/host_board.hpp"

#include <lwip/etharp.h>

#include <cstdio>
#include <cstdlib>

#include "airlift_posix/system_entropy.hpp"
#include "board/board.hpp"

namespace airlift {
namespace testing {
namespace {

std::chrono::microseconds now{0};

err_t send_frame(netif*, pbuf* packet) {
  Frame frame(packet->tot_len, 0);
  pbuf_copy_partial(packet, frame.data(), packet->tot_len, 0);
  cable().from_board.push_back(std::move(frame));
  return ERR_OK;
}

}  // namespace

Cable& cable() {
  static Cable the_cable;
  return the_cable;
}

firmware::Network& board_network() {
  static posix::SystemEntropy entropy;
  static firmware::Network network{entropy};
  static const bool started = network.start().ok();
  if (!started) std::abort();
  return network;
}

}  // namespace testing

namespace firmware::board {

std::chrono::microseconds uptime() {
  return testing::now;
}

std::uint32_t cycles() {
  return static_cast<std::uint32_t>(testing::now.count());
}

void write_console(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void reset_because(UpdateError) {
  std::abort();
}

signed char start_network(netif* interface) {
  interface->hwaddr_len = ETH_HWADDR_LEN;
  const std::uint8_t mac[]{0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
  std::copy(std::begin(mac), std::end(mac), interface->hwaddr);
  interface->mtu = 1500;
  interface->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_IGMP;
  interface->output = etharp_output;
  interface->linkoutput = testing::send_frame;
  return ERR_OK;
}

void poll_network(netif* interface) {
  testing::now += milliseconds{1};
  std::deque<testing::Frame>& waiting = testing::cable().to_board;
  for (; !waiting.empty(); waiting.pop_front()) {
    const auto size = static_cast<u16_t>(waiting.front().size());
    pbuf* const packet = pbuf_alloc(PBUF_RAW, size, PBUF_POOL);
    pbuf_take(packet, waiting.front().data(), size);
    if (interface->input(packet, interface) != ERR_OK) pbuf_free(packet);
  }
}

}  // namespace firmware::board
}  // namespace airlift
