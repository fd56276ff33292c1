#include "airlift_posix/curl_request.hpp"

#include <algorithm>

#include "airlift/codec/text.hpp"

namespace airlift::posix {

using port::HttpClient;

CurlRequest::CurlRequest(const CurlUrl& url, const HttpClient::Request& request) : easy_{curl_easy_init()} {
  set(CURLOPT_CURLU, url.get());
  keep_to_http();
  keep_nothing();
  set_proxy(std::string{request.proxy});
  set_trust(request.trust.roots);
  set_credentials(request.credentials);
  add_line("Accept:");  // a line without value: libcurl's own is not sent
  for (const HttpClient::Header& header : request.headers) add_header(header);
  set(CURLOPT_HTTPHEADER, lines_.get());
  set(CURLOPT_HEADEROPT, CURLHEADER_SEPARATE);  // a proxy need not know who asks
}

void CurlRequest::keep_to_http() {
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  set(CURLOPT_HTTP09_ALLOWED, 0L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_HTTP_CONTENT_DECODING, 0L);
  set(CURLOPT_BUFFERSIZE, static_cast<long>(CURL_MAX_WRITE_SIZE));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // whoever gives up does not wait for the look-up of a name
}

/// A connection that another request has opened was trusted for other reasons.
void CurlRequest::keep_nothing() {
  set(CURLOPT_FRESH_CONNECT, 1L);
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
  set(CURLOPT_NETRC, CURL_NETRC_IGNORED);
}

/// Empty texts, unlike none, keep the environment's from counting.
void CurlRequest::set_proxy(const std::string& proxy) {
  constexpr std::string_view only{"http://"};
  if (!proxy.empty() && !codec::equal_ignoring_case(proxy.substr(0, only.size()), only)) ok_ = false;
  if (!codec::all_printable(proxy)) ok_ = false;
  set(CURLOPT_PROXY, proxy.c_str());
  set(CURLOPT_NOPROXY, "");
  set(CURLOPT_PROXYAUTH, CURLAUTH_BASIC);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

/// ServerTrust decides. Without it these would trust nobody: libcurl has no roots, and insists on a chain.
void CurlRequest::set_trust(HttpClient::Trust::Roots roots) {
  const bool by_name = roots != HttpClient::Trust::Roots::none;
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_CAINFO, static_cast<const char*>(nullptr));
  set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, by_name ? 2L : 0L);
}

void CurlRequest::set_credentials(std::string_view credentials) {
  if (credentials.empty()) return;
  if (!codec::all_printable(credentials)) ok_ = false;
  const std::size_t colon = credentials.find(':');
  if (colon == std::string_view::npos) {
    set(CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    set(CURLOPT_XOAUTH2_BEARER, std::string{credentials}.c_str());
    return;
  }
  set(CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
  set(CURLOPT_USERNAME, std::string{credentials.substr(0, colon)}.c_str());
  set(CURLOPT_PASSWORD, std::string{credentials.substr(colon + 1)}.c_str());
}

void CurlRequest::add_header(const HttpClient::Header& header) {
  if (header.name.empty() || !codec::all_printable(header.name) || !codec::all_printable(header.value)) {
    ok_ = false;
    return;
  }
  const std::string name{header.name};
  add_line(header.value.empty() ? name + ";" : name + ": " + std::string{header.value});
}

void CurlRequest::add_line(const std::string& line) {
  curl_slist* const longer = curl_slist_append(lines_.get(), line.c_str());
  if (longer == nullptr) {
    ok_ = false;
    return;
  }
  (void)lines_.release();
  lines_.reset(longer);
}

}  // namespace airlift::posix
