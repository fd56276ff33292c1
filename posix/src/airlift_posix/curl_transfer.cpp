#include "airlift_posix/curl_transfer.hpp"

#include <algorithm>
#include <system_error>

#include "airlift/codec/text.hpp"
#include "airlift_posix/curl_error.hpp"

namespace airlift::posix {
namespace {

using port::HttpClient;

CURLM* new_multi() {
  static const CURLcode initialised{curl_global_init(CURL_GLOBAL_DEFAULT)};
  return initialised == CURLE_OK ? curl_multi_init() : nullptr;
}

Interest interest_in(int what) {
  switch (what) {
    case CURL_POLL_IN:
      return Interest::readable;
    case CURL_POLL_OUT:
      return Interest::writable;
    case CURL_POLL_INOUT:
      return Interest::both;
    default:
      return Interest::none;
  }
}

}  // namespace

CurlTransfer::CurlTransfer(EventLoop& loop, CurlUrl url, const HttpClient::Request& request)
    : loop_{loop},
      url_{std::move(url)},
      proxied_{!request.proxy.empty()},
      trust_{url_.host()},
      request_{url_, request},
      multi_{new_multi()} {}

/// libcurl takes its watches and its timer back meanwhile.
CurlTransfer::~CurlTransfer() {
  if (multi_ && request_.get() != nullptr) curl_multi_remove_handle(multi_.get(), request_.get());
  multi_.reset();
}

Status CurlTransfer::start(const HttpClient::Trust& trust) {
  if (!multi_ || request_.get() == nullptr) return UpdateError::network_failed;
  if (!request_.ok()) return UpdateError::bad_response;
  if (url_.is_https()) {
    const Status loaded = trust_.load(trust);
    if (!loaded.ok()) return loaded;
    request_.set(CURLOPT_SSL_CTX_DATA, this);
    request_.set(CURLOPT_SSL_CTX_FUNCTION, on_tls);
    if (!request_.ok()) return UpdateError::tls_failed;
  }
  return set_callbacks() && curl_multi_add_handle(multi_.get(), request_.get()) == CURLM_OK
             ? Status{}
             : UpdateError::network_failed;
}

bool CurlTransfer::set_callbacks() {
  request_.set(CURLOPT_PREREQDATA, this);
  request_.set(CURLOPT_PREREQFUNCTION, on_connected);
  request_.set(CURLOPT_HEADERDATA, this);
  request_.set(CURLOPT_HEADERFUNCTION, on_header);
  request_.set(CURLOPT_WRITEDATA, this);
  request_.set(CURLOPT_WRITEFUNCTION, on_body);
  CURLM* const multi = multi_.get();
  return request_.ok() && curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this) == CURLM_OK &&
         curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
         curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this) == CURLM_OK &&
         curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK;
}

int CurlTransfer::on_socket(CURL* /*easy*/, curl_socket_t fd, int what, void* self, void* /*socket*/) {
  CurlTransfer& transfer = *static_cast<CurlTransfer*>(self);
  if (what == CURL_POLL_REMOVE) {
    transfer.watches_.erase(fd);
    return 0;
  }
  try {
    transfer.watch(fd, interest_in(what));
    return 0;
  } catch (const std::system_error&) {
    return -1;  // ends what libcurl is at
  }
}

void CurlTransfer::watch(curl_socket_t fd, Interest interest) {
  const auto found = watches_.find(fd);
  if (found != watches_.end()) return found->second.set_interest(interest);
  watches_.emplace(fd, loop_.watch(fd, interest, [this, fd] { go_on(fd); }));
}

int CurlTransfer::on_timer(CURLM* /*multi*/, long timeout_ms, void* self) {
  CurlTransfer& transfer = *static_cast<CurlTransfer*>(self);
  transfer.timer_.reset();
  if (timeout_ms < 0) return 0;
  transfer.timer_ = transfer.loop_.after(std::chrono::milliseconds{timeout_ms},
                                         [&transfer] { transfer.go_on(CURL_SOCKET_TIMEOUT); });
  return 0;
}

void CurlTransfer::go_on(curl_socket_t fd) {
  int running{0};
  // 0: it looks for itself what the descriptor is ready for
  if (curl_multi_socket_action(multi_.get(), fd, 0, &running) != CURLM_OK) {
    return end(UpdateError::connection_lost);
  }
  int left{0};
  while (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg == CURLMSG_DONE) end(explain(message->data.result));
  }
}

void CurlTransfer::end(UpdateError error) {
  if (ended_) return;
  ended_ = true;
  error_ = error;
  paused_ = false;
}

UpdateError CurlTransfer::explain(CURLcode code) const {
  // An end within the head is a good one to libcurl.
  if (code == CURLE_OK) return head_.finished() ? UpdateError::none : UpdateError::connection_lost;
  if (trust_.reason() != UpdateError::none) return trust_.reason();
  const UpdateError error = error_of(code);
  if (!proxied_) return error;
  // Up to the end of its answer the tunnel is the proxy's.
  const bool tunnel = !url_.is_https() || number(CURLINFO_HTTP_CONNECTCODE) / 100 == 2;
  return tunnel && error != UpdateError::no_connection ? error : UpdateError::proxy_failed;
}

long CurlTransfer::number(CURLINFO which) const {
  long value{0};
  return curl_easy_getinfo(request_.get(), which, &value) == CURLE_OK ? value : 0;
}

CURLcode CurlTransfer::on_tls(CURL* /*easy*/, void* context, void* self) {
  return static_cast<CurlTransfer*>(self)->trust_.attach(static_cast<SSL_CTX*>(context))
             ? CURLE_OK
             : CURLE_SSL_CERTPROBLEM;
}

/// The last moment before something is sent to the server: that may hold credentials.
int CurlTransfer::on_connected(void* self, char* /*peer*/, char* /*own*/, int /*peer_port*/,
                               int /*own_port*/) {
  const CurlTransfer& transfer = *static_cast<CurlTransfer*>(self);
  return !transfer.url_.is_https() || transfer.trust_.satisfied() ? CURL_PREREQFUNC_OK
                                                                  : CURL_PREREQFUNC_ABORT;
}

std::size_t CurlTransfer::on_header(char* line, std::size_t /*one*/, std::size_t size, void* self) {
  return static_cast<CurlTransfer*>(self)->take_line({line, size}) ? size : 0;
}

bool CurlTransfer::take_line(std::string_view line) {
  if (!head_.take(line)) return false;
  if (head_.finished() || !codec::first_line(line).empty()) return true;
  const int status = static_cast<int>(number(CURLINFO_RESPONSE_CODE));
  if (status / 100 == 1) {
    head_.restart();
  } else if (proxied_ && status == 407) {
    end(UpdateError::proxy_failed);
    return false;
  } else {
    head_.finish(status, url_);
  }
  return true;
}

std::size_t CurlTransfer::on_body(char* data, std::size_t /*one*/, std::size_t size, void* self) {
  CurlTransfer& transfer = *static_cast<CurlTransfer*>(self);
  if (transfer.held_ != 0 && size != 0) {
    transfer.paused_ = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  if (size > transfer.buffer_.size()) return 0;
  std::copy_n(data, size, transfer.buffer_.begin());
  transfer.held_ = size;
  transfer.taken_ = 0;
  return size;
}

std::size_t CurlTransfer::take(MutableBytes into) {
  const std::size_t count = std::min(into.size(), held_ - taken_);
  std::copy_n(buffer_.begin() + taken_, count, into.begin());
  taken_ += count;
  if (taken_ == held_) {
    held_ = 0;
    taken_ = 0;
    resume();
  }
  // What is here already no descriptor announces.
  if (count != 0 && (held_ != 0 || ended_)) soon_ = loop_.after(std::chrono::milliseconds{0}, [] {});
  return count;
}

void CurlTransfer::resume() {
  if (!paused_) return;
  paused_ = false;
  const CURLcode resumed = curl_easy_pause(request_.get(), CURLPAUSE_CONT);
  if (resumed != CURLE_OK) end(explain(resumed));
}

}  // namespace airlift::posix
