#include "esp_http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

struct esp_http_client {
  esp_http_client_config_t config;
  std::string url;
  curl_slist* headers{nullptr};
  curl_slist* connect_to{nullptr};
  CURL* curl{curl_easy_init()};
  CURLcode outcome{CURLE_OK};
  std::string body{};
  std::size_t read_bytes{0};
};

namespace {

std::size_t take_body(char* bytes, std::size_t /*one*/, std::size_t count, void* client) {
  static_cast<esp_http_client*>(client)->body.append(bytes, count);
  return count;
}

std::size_t take_header(char* bytes, std::size_t /*one*/, std::size_t count, void* context) {
  auto* const client = static_cast<esp_http_client*>(context);
  std::string name{bytes, count};
  const std::size_t colon = name.find(':');
  if (colon == std::string::npos) return count;
  std::string value = name.substr(colon + 1);
  value.erase(value.find_last_not_of("\r\n") + 1);
  name.resize(colon);
  esp_http_client_event_t event{HTTP_EVENT_ON_HEADER, client, client->config.user_data, name.data(),
                                value.data()};
  client->config.event_handler(&event);
  return count;
}

std::string authority_for(const char* pem) {
  const char* const file = std::getenv("AIRLIFT_CHIP_AUTHORITY");
  if (file == nullptr) return pem;
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

esp_http_client_handle_t esp_http_client_init(const esp_http_client_config_t* config) {
  return new esp_http_client{*config, config->url};
}

esp_err_t esp_http_client_set_header(esp_http_client_handle_t client, const char* name, const char* value) {
  client->headers = curl_slist_append(client->headers, (std::string{name} + ": " + value).c_str());
  return ESP_OK;
}

esp_err_t esp_http_client_open(esp_http_client_handle_t client, int /*write_bytes*/) {
  CURL* const curl = client->curl;
  curl_easy_setopt(curl, CURLOPT_URL, client->url.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, client->headers);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(client->config.timeout_ms));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, client);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, client);
  if (client->config.cert_pem != nullptr) {
    std::string pem = authority_for(client->config.cert_pem);
    curl_blob authorities{pem.data(), pem.size(), CURL_BLOB_COPY};
    curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &authorities);
  }
  if (const char* const place = std::getenv("AIRLIFT_CHIP_CONNECT_TO"); place != nullptr) {
    client->connect_to = curl_slist_append(nullptr, place);
    curl_easy_setopt(curl, CURLOPT_CONNECT_TO, client->connect_to);
  }
  client->outcome = curl_easy_perform(curl);
  const bool answered = client->outcome == CURLE_OK || client->outcome == CURLE_PARTIAL_FILE;
  return answered ? ESP_OK : ESP_FAIL;
}

std::int64_t esp_http_client_fetch_headers(esp_http_client_handle_t /*client*/) {
  return 0;
}

int esp_http_client_get_status_code(esp_http_client_handle_t client) {
  long status{0};
  curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

bool esp_http_client_is_chunked_response(esp_http_client_handle_t /*client*/) {
  return false;
}

int esp_http_client_read(esp_http_client_handle_t client, char* into, int size) {
  const std::size_t count =
      std::min(static_cast<std::size_t>(size), client->body.size() - client->read_bytes);
  client->body.copy(into, count, client->read_bytes);
  client->read_bytes += count;
  return static_cast<int>(count);
}

bool esp_http_client_is_complete_data_received(esp_http_client_handle_t client) {
  return client->outcome == CURLE_OK && client->read_bytes == client->body.size();
}

esp_err_t esp_http_client_cleanup(esp_http_client_handle_t client) {
  curl_slist_free_all(client->headers);
  curl_slist_free_all(client->connect_to);
  curl_easy_cleanup(client->curl);
  delete client;
  return ESP_OK;
}
