#pragma once
// A request as libcurl takes it, with all the manners that we want it to have, and not to have.

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>

#include "airlift/port/http_client.hpp"
#include "airlift_posix/curl_url.hpp"

namespace airlift::posix {

class CurlRequest {
 public:
  /// ok() is false when something of it is not to be had, or must not be sent.
  CurlRequest(const CurlUrl& url, const port::HttpClient::Request& request);

  template <typename Value>
  void set(CURLoption option, Value value) {
    if (easy_ && curl_easy_setopt(easy_.get(), option, value) != CURLE_OK) ok_ = false;
  }
  [[nodiscard]] bool ok() const { return easy_ && ok_; }
  [[nodiscard]] CURL* get() const { return easy_.get(); }

 private:
  struct Free {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  void keep_to_http();
  void keep_nothing();
  void set_proxy(const std::string& proxy);
  void set_trust(port::HttpClient::Trust::Roots roots);
  void set_credentials(std::string_view credentials);
  void add_line(const std::string& line);
  void add_header(const port::HttpClient::Header& header);

  std::unique_ptr<CURL, Free> easy_;
  std::unique_ptr<curl_slist, Free> lines_;
  bool ok_{true};
};

}  // namespace airlift::posix
