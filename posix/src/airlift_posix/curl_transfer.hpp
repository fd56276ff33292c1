#pragma once
// One request by libcurl, from the connection to the end of the body. libcurl's descriptors and times are
// served by our loop; nothing blocks it, also not the look-up of a name, which libcurl does in a thread.

#include <curl/curl.h>

#include <array>
#include <map>
#include <memory>

#include "airlift_posix/curl_request.hpp"
#include "airlift_posix/event_loop.hpp"
#include "airlift_posix/response_head.hpp"
#include "airlift_posix/server_trust.hpp"

namespace airlift::posix {

class CurlTransfer {
 public:
  CurlTransfer(EventLoop& loop, CurlUrl url, const port::HttpClient::Request& request);
  ~CurlTransfer();
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  /// Once. Outcomes: HttpClient::start()'s.
  [[nodiscard]] Status start(const port::HttpClient::Trust& trust);

  [[nodiscard]] const ResponseHead& head() const { return head_; }
  /// Takes bytes of the body that have come, and makes room for the next.
  [[nodiscard]] std::size_t take(MutableBytes into);
  /// The transfer has ended, and take() has given all that came.
  [[nodiscard]] bool over() const { return ended_ && taken_ == held_; }
  /// How it has ended; none: well.
  [[nodiscard]] UpdateError error() const { return error_; }

 private:
  struct Free {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };

  [[nodiscard]] bool set_callbacks();
  static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void* socket);
  static int on_timer(CURLM* multi, long timeout_ms, void* self);
  static CURLcode on_tls(CURL* easy, void* context, void* self);
  static int on_connected(void* self, char* peer, char* own, int peer_port, int own_port);
  static std::size_t on_header(char* line, std::size_t one, std::size_t size, void* self);
  static std::size_t on_body(char* data, std::size_t one, std::size_t size, void* self);

  void watch(curl_socket_t fd, Interest interest);
  void go_on(curl_socket_t fd);
  void resume();
  [[nodiscard]] bool take_line(std::string_view line);
  void end(UpdateError error);
  [[nodiscard]] UpdateError explain(CURLcode code) const;
  [[nodiscard]] long number(CURLINFO which) const;

  EventLoop& loop_;
  CurlUrl url_;
  bool proxied_;
  ServerTrust trust_;
  ResponseHead head_;
  std::array<std::uint8_t, CURL_MAX_WRITE_SIZE> buffer_{};
  std::size_t held_{0};   ///< bytes in buffer_
  std::size_t taken_{0};  ///< of these
  bool paused_{false};    ///< libcurl holds bytes back for which buffer_ had no room
  bool ended_{false};
  UpdateError error_{UpdateError::none};
  std::map<curl_socket_t, Watch> watches_;
  Timer timer_;
  Timer soon_;  ///< wakes whoever turns the loop to call take() again
  CurlRequest request_;
  std::unique_ptr<CURLM, Free> multi_;
};

}  // namespace airlift::posix
