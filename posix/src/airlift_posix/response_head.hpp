#pragma once
// The head of an HTTP answer, line by line, as libcurl hands it over.

#include <array>
#include <string>
#include <string_view>

#include "airlift/port/http_client.hpp"
#include "airlift_posix/curl_url.hpp"

namespace airlift::posix {

class ResponseHead {
 public:
  /// Takes one line with its end, also of a trailer. False: more bytes than longest_head_bytes have come, or
  /// lengths that contradict each other.
  [[nodiscard]] bool take(std::string_view line);
  /// Forgets the headers of an interim answer (1xx); what they took of the limit stays taken.
  void restart();
  /// No more headers count. A relative `location` leads on from `asked`.
  void finish(int status, const CurlUrl& asked);

  [[nodiscard]] bool finished() const { return response_.status != 0; }
  [[nodiscard]] const port::HttpClient::Response& response() const { return response_; }

 private:
  [[nodiscard]] bool take_length(std::string_view value);

  port::HttpClient::Response response_;
  std::array<std::string, port::HttpClient::text_headers.size()> values_;  ///< what response_ shows of
  std::size_t taken_bytes_{0};
  bool chunked_{false};
};

}  // namespace airlift::posix
