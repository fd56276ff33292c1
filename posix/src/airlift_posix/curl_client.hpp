#pragma once
// HttpClient by libcurl: HTTP/1.1, plain or by TLS 1.2 and 1.3, each request on a connection of its own, so
// that nothing is trusted for the reasons of an earlier one. The environment (proxies, netrc) does not count;
// the system's roots are where OpenSSL's SSL_CERT_FILE and SSL_CERT_DIR say.

#include <memory>
#include <string>

#include "airlift_posix/curl_transfer.hpp"

namespace airlift::posix {

class CurlClient final : public port::HttpClient {
 public:
  /// `loop` outlives this; requests go on in its iterate(). The names of files with roots are relative to
  /// `directory`, or absolute.
  CurlClient(EventLoop& loop, std::string directory) : loop_{loop}, directory_{std::move(directory)} {}

  [[nodiscard]] Status start(const Request& request) override;
  [[nodiscard]] State state() override;
  [[nodiscard]] const Response& response() const override;
  /// The end of the body comes alone, after the last bytes.
  [[nodiscard]] Result<Read> read(MutableBytes into) override;
  [[nodiscard]] UpdateError error() const override;
  void cancel() override;

 private:
  EventLoop& loop_;
  std::string directory_;
  std::unique_ptr<CurlTransfer> transfer_;
  bool read_out_{false};  ///< read() has told how the transfer ended
};

}  // namespace airlift::posix
