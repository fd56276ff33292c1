#include "airlift_posix/mdns_server.hpp"

#include <avahi-common/error.h>
#include <avahi-core/log.h>

namespace airlift::posix {

MdnsServer make_mdns_server(EventLoop& loop, const std::string& interface, MdnsFamily family,
                            AvahiServerCallback callback, void* user_data) {
  // By default avahi writes to standard error past our log, even that other responders run, which is
  // harmless. What matters comes as a state.
  avahi_set_log_function([](AvahiLogLevel, const char*) {});
  AvahiServerConfig config;
  avahi_server_config_init(&config);
  config.use_ipv6 = family == MdnsFamily::ipv4_and_ipv6 ? 1 : 0;
  // With publish_addresses the server would claim the reverse PTR record of each address, too, and two
  // responders on one address with different host names would then rename themselves for ever.
  config.publish_addresses = 0;
  config.publish_hinfo = 0;
  config.publish_workstation = 0;
  config.publish_domain = 0;
  config.enable_wide_area = 0;
  if (!interface.empty()) config.allow_interfaces = avahi_string_list_add(nullptr, interface.c_str());
  int error{AVAHI_OK};
  MdnsServer server{avahi_server_new(loop.avahi_api(), &config, callback, user_data, &error)};
  avahi_server_config_free(&config);
  return server;
}

}  // namespace airlift::posix
