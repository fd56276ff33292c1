#pragma once
// URLs by libcurl's own reader, so that what we see in one is what it asks for.

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>

namespace airlift::posix {

class CurlUrl {
 public:
  /// Nothing: not a whole `http://` or `https://` URL of printable ASCII without user and password.
  [[nodiscard]] static std::optional<CurlUrl> parse(const std::string& text);

  /// What a `Location` found there leads to, without fragment; nothing: that is no URL.
  [[nodiscard]] std::optional<std::string> resolve(const std::string& location) const;

  [[nodiscard]] bool is_https() const { return part(CURLUPART_SCHEME) == "https"; }
  /// Without the brackets of an IPv6 address and the dot at the end of a name.
  [[nodiscard]] std::string host() const;
  [[nodiscard]] CURLU* get() const { return url_.get(); }

 private:
  struct Free {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
  };
  using Handle = std::unique_ptr<CURLU, Free>;

  explicit CurlUrl(Handle url) : url_{std::move(url)} {}
  [[nodiscard]] std::string part(CURLUPart which) const;

  Handle url_;
};

}  // namespace airlift::posix
