#pragma once
// A look-alike of the IDF's header ("ESP HTTP Client"), over libcurl: the whole answer is there when the
// headers are. The network around the chip: AIRLIFT_CHIP_CONNECT_TO says where a name leads to (curl's
// --connect-to), AIRLIFT_CHIP_AUTHORITY names a file with the authority that stands for the one in an
// example.

#include <cstddef>
#include <cstdint>

#include "esp_err.h"

struct esp_http_client;
using esp_http_client_handle_t = esp_http_client*;
enum esp_http_client_event_id_t { HTTP_EVENT_ERROR, HTTP_EVENT_ON_HEADER };
struct esp_http_client_event_t {
  esp_http_client_event_id_t event_id;
  esp_http_client_handle_t client;
  void* user_data;
  char* header_key;
  char* header_value;
};
struct esp_http_client_config_t {
  const char* url;
  const char* cert_pem;
  int timeout_ms;
  bool disable_auto_redirect;
  int max_authorization_retries;
  esp_err_t (*event_handler)(esp_http_client_event_t* event);
  void* user_data;
};

esp_http_client_handle_t esp_http_client_init(const esp_http_client_config_t* config);
esp_err_t esp_http_client_set_header(esp_http_client_handle_t client, const char* name, const char* value);
esp_err_t esp_http_client_open(esp_http_client_handle_t client, int write_bytes);
std::int64_t esp_http_client_fetch_headers(esp_http_client_handle_t client);
int esp_http_client_get_status_code(esp_http_client_handle_t client);
bool esp_http_client_is_chunked_response(esp_http_client_handle_t client);
int esp_http_client_read(esp_http_client_handle_t client, char* into, int size);
bool esp_http_client_is_complete_data_received(esp_http_client_handle_t client);
esp_err_t esp_http_client_cleanup(esp_http_client_handle_t client);
