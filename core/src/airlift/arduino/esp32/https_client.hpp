#pragma once
// Core's HttpClient by the IDF's esp_http_client, for plain HTTP and HTTPS. The sketch stands still while a
// connection is made, with TLS one or two seconds; a read waits for the network.

#include <esp_http_client.h>

#include "airlift/base/fixed_string.hpp"
#include "airlift/port/http_client.hpp"

namespace airlift::arduino::esp32 {

/// HTTPS servers are trusted when an authority of the sketch's has signed for them: the list of the system's
/// is not everywhere in the core, and the IDF does not show a certificate that could be held to a pin.
class HttpsClient final : public port::HttpClient {
 public:
  /// PEM of one or more authorities, a constant; nullptr: HTTPS cannot be used.
  explicit HttpsClient(const char* authorities) : authorities_{authorities} {}
  ~HttpsClient() override { cancel(); }

  [[nodiscard]] Status start(const Request& request) override;
  [[nodiscard]] State state() override;
  [[nodiscard]] const Response& response() const override { return response_; }
  [[nodiscard]] Result<Read> read(MutableBytes into) override;
  [[nodiscard]] UpdateError error() const override { return error_; }
  void cancel() override;

 private:
  static esp_err_t on_event(esp_http_client_event_t* event);
  [[nodiscard]] bool set_headers(const Request& request);
  [[nodiscard]] bool set_credentials(std::string_view credentials);
  void ask();
  void take_header(std::string_view name, std::string_view value);
  void take_head();
  void close();
  UpdateError fail(UpdateError error);

  const char* authorities_;
  esp_http_client_handle_t client_{nullptr};
  State state_{State::idle};
  UpdateError error_{UpdateError::none};
  bool encrypted_{false};
  Response response_;
  std::array<FixedString<longest_value_bytes>, text_headers.size()> values_;
};

}  // namespace airlift::arduino::esp32
