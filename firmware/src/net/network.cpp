#include "net/network.hpp"

#include <lwip/apps/mdns.h>
#include <lwip/dhcp.h>
#include <lwip/init.h>
#include <lwip/timeouts.h>
#include <netif/ethernet.h>

#include <algorithm>

#include "board/board.hpp"
#include "net/address.hpp"
#include "net/lwip_system.hpp"

namespace airlift::firmware {

Status Network::start() {
  set_lwip_entropy(entropy_);
  lwip_init();
  if (netif_add_noaddr(&interface_, nullptr, board::start_network, ethernet_input) == nullptr) {
    return UpdateError::network_failed;
  }
  netif_set_default(&interface_);
  netif_set_up(&interface_);
  netif_set_link_up(&interface_);
  mdns_resp_init();
  return dhcp_start(&interface_) == ERR_OK ? Status{} : UpdateError::network_failed;
}

void Network::poll() {
  board::poll_network(&interface_);
  netif_poll_all();
  sys_check_timeouts();
}

std::optional<port::IpAddress> Network::address() const {
  const ip_addr_t& address = *netif_ip_addr4(&interface_);
  return ip_addr_isany_val(address) ? std::nullopt : std::optional{from_lwip(address)};
}

Network::Mac Network::mac() const {
  Mac mac{};
  std::copy_n(interface_.hwaddr, mac.size(), mac.begin());
  return mac;
}

}  // namespace airlift::firmware
