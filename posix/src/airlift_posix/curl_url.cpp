#include "airlift_posix/curl_url.hpp"

#include "airlift/codec/text.hpp"

namespace airlift::posix {
namespace {

std::string part_of(CURLU* url, CURLUPart which) {
  char* found{nullptr};
  if (curl_url_get(url, which, &found, 0) != CURLUE_OK) return {};
  std::string text{found};
  curl_free(found);
  return text;
}

}  // namespace

std::optional<CurlUrl> CurlUrl::parse(const std::string& text) {
  if (!codec::all_printable(text) || text.find(' ') != std::string::npos) return std::nullopt;
  Handle handle{curl_url()};
  if (!handle || curl_url_set(handle.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) {
    return std::nullopt;
  }
  CurlUrl url{std::move(handle)};
  const std::string scheme = url.part(CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return std::nullopt;
  return url;
}

std::optional<std::string> CurlUrl::resolve(const std::string& location) const {
  const Handle target{curl_url_dup(url_.get())};
  if (!target || curl_url_set(target.get(), CURLUPART_URL, location.c_str(), 0) != CURLUE_OK) {
    return std::nullopt;
  }
  curl_url_set(target.get(), CURLUPART_FRAGMENT, nullptr, 0);
  std::string text = part_of(target.get(), CURLUPART_URL);
  return text.empty() ? std::nullopt : std::optional{std::move(text)};
}

std::string CurlUrl::host() const {
  std::string host = part(CURLUPART_HOST);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  if (!host.empty() && host.back() == '.') host.pop_back();
  return host;
}

std::string CurlUrl::part(CURLUPart which) const {
  return part_of(url_.get(), which);
}

}  // namespace airlift::posix
