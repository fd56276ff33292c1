#pragma once
// A look-alike of the IDF's header ("mDNS Service"): what is advertised is written to the log.

#include <cstddef>
#include <cstdint>

#include "esp_err.h"

struct mdns_txt_item_t {
  const char* key;
  const char* value;
};

esp_err_t mdns_init();
esp_err_t mdns_hostname_set(const char* name);
esp_err_t mdns_instance_name_set(const char* name);
esp_err_t mdns_service_add(const char* instance, const char* type, const char* transport, std::uint16_t port,
                           mdns_txt_item_t txt[], std::size_t count);
esp_err_t mdns_service_remove(const char* type, const char* transport);
