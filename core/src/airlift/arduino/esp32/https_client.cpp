#if defined(ARDUINO_ARCH_ESP32)
#include "airlift/arduino/esp32/https_client.hpp"

#include <mbedtls/base64.h>

#include "airlift/codec/text.hpp"

namespace airlift::arduino::esp32 {
namespace {

using Roots = port::HttpClient::Trust::Roots;

constexpr int timeout_ms{10'000};
constexpr std::size_t longest_url_bytes{512};
constexpr std::size_t longest_credentials_bytes{128};
constexpr std::string_view https{"https://"};

bool is_encrypted(std::string_view url) {
  return codec::equal_ignoring_case(url.substr(0, https.size()), https);
}

}  // namespace

Status HttpsClient::start(const Request& request) {
  cancel();
  encrypted_ = is_encrypted(request.url);
  const FixedString<longest_url_bytes> url{request.url};
  if (url.truncated() || !codec::all_printable(url) || !request.proxy.empty())
    return UpdateError::bad_response;
  const bool can_trust =
      request.trust.roots == Roots::file && request.trust.pins.empty() && authorities_ != nullptr;
  if (encrypted_ && !can_trust) return UpdateError::tls_failed;
  esp_http_client_config_t config{};
  config.url = url.c_str();
  config.cert_pem = encrypted_ ? authorities_ : nullptr;
  config.timeout_ms = timeout_ms;
  config.disable_auto_redirect = true;
  config.max_authorization_retries = -1;
  config.event_handler = on_event;
  config.user_data = this;
  client_ = esp_http_client_init(&config);
  if (client_ == nullptr) return UpdateError::bad_response;
  if (!set_headers(request) || !set_credentials(request.credentials)) {
    cancel();
    return UpdateError::bad_response;
  }
  state_ = State::asking;
  return {};
}

bool HttpsClient::set_headers(const Request& request) {
  for (const Header& header : request.headers) {
    const FixedString<64> name{header.name};
    const FixedString<longest_value_bytes> value{header.value};
    if (name.truncated() || value.truncated() || !codec::all_printable(value) ||
        esp_http_client_set_header(client_, name.c_str(), value.c_str()) != ESP_OK)
      return false;
  }
  return true;
}

bool HttpsClient::set_credentials(std::string_view credentials) {
  if (credentials.empty()) return true;
  if (credentials.size() > longest_credentials_bytes || !codec::all_printable(credentials)) return false;
  FixedString<longest_credentials_bytes * 4 / 3 + 16> value;
  if (credentials.find(':') == std::string_view::npos) {
    value.append("Bearer ").append(credentials);
  } else {
    std::array<unsigned char, longest_credentials_bytes * 4 / 3 + 8> text{};
    std::size_t size{0};
    const Bytes bytes = as_bytes(credentials);
    if (mbedtls_base64_encode(text.data(), text.size(), &size, bytes.data(), bytes.size()) != 0) return false;
    value.append("Basic ").append(as_text(Bytes{text}.first(size)));
  }
  return esp_http_client_set_header(client_, "Authorization", value.c_str()) == ESP_OK;
}

port::HttpClient::State HttpsClient::state() {
  if (state_ == State::asking) ask();
  return state_;
}

/// Waits for the answer's head.
void HttpsClient::ask() {
  if (esp_http_client_open(client_, 0) != ESP_OK) {
    fail(encrypted_ ? UpdateError::tls_failed : UpdateError::no_connection);
  } else if (esp_http_client_fetch_headers(client_) < 0) {
    fail(UpdateError::connection_lost);
  } else {
    take_head();
    state_ = State::responding;
  }
}

void HttpsClient::take_head() {
  // A relative one would have to be made absolute; update servers give absolute ones.
  constexpr std::string_view scheme{"http"};
  FixedString<longest_value_bytes>& location = values_.front();
  if (!codec::equal_ignoring_case(location.view().substr(0, scheme.size()), scheme)) location.clear();
  for (std::size_t i = 0; i < values_.size(); ++i) response_.*(text_headers[i].view) = values_[i];
  response_.status = esp_http_client_get_status_code(client_);
  // RFC 9112 6.3: the length does not count then.
  if (esp_http_client_is_chunked_response(client_)) response_.content_length.reset();
}

esp_err_t HttpsClient::on_event(esp_http_client_event_t* event) {
  auto* const self = static_cast<HttpsClient*>(event->user_data);
  if (event->event_id == HTTP_EVENT_ON_HEADER) self->take_header(event->header_key, event->header_value);
  return ESP_OK;
}

void HttpsClient::take_header(std::string_view name, std::string_view value) {
  if (codec::equal_ignoring_case(name, "Content-Length"))
    response_.content_length = codec::parse_long_number(codec::trimmed(value));
  if (value.size() > longest_value_bytes || !codec::all_printable(value)) return;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (!codec::equal_ignoring_case(name, text_headers[i].name)) continue;
    values_[i].clear();
    values_[i].append(codec::trimmed(value));
  }
}

Result<port::HttpClient::Read> HttpsClient::read(MutableBytes into) {
  if (state_ != State::responding) return UpdateError::connection_lost;
  if (into.empty()) return Read{};
  const int count =
      esp_http_client_read(client_, reinterpret_cast<char*>(into.data()), static_cast<int>(into.size()));
  if (count > 0) return Read{static_cast<std::size_t>(count), false};
  const bool whole = count == 0 && (response_.content_length.value_or(0) == 0 ||
                                    esp_http_client_is_complete_data_received(client_));
  if (!whole) return fail(UpdateError::connection_lost);
  close();
  state_ = State::idle;
  return Read{0, true};
}

UpdateError HttpsClient::fail(UpdateError error) {
  close();
  state_ = State::failed;
  return error_ = error;
}

void HttpsClient::close() {
  if (client_ != nullptr) esp_http_client_cleanup(client_);
  client_ = nullptr;
}

void HttpsClient::cancel() {
  close();
  state_ = State::idle;
  response_ = {};
  for (auto& value : values_) value.clear();
}

}  // namespace airlift::arduino::esp32
#endif
