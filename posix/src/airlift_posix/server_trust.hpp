#pragma once
// Decides whether a TLS server is the right one, in place of OpenSSL's own check: so that a pin can be
// enough, and the reason why not is exact. docs/design/pull.md, "Whom it trusts".

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "airlift/port/http_client.hpp"

namespace airlift::posix {

class ServerTrust {
 public:
  /// `host` is a name or an address, without brackets.
  explicit ServerTrust(std::string host) : host_{std::move(host)} {}

  /// Outcomes: ok; key_unreadable: the file with the roots cannot be used; tls_failed: OpenSSL cannot do
  /// that.
  [[nodiscard]] Status load(const port::HttpClient::Trust& trust);

  /// From now on this decides for the connections of `context`, which may outlive neither this nor its moves.
  /// False: OpenSSL cannot do that, and `context` must not be used.
  [[nodiscard]] bool attach(SSL_CTX* context);

  /// The server has been found to be the right one.
  [[nodiscard]] bool satisfied() const { return satisfied_; }
  /// Why it has not: certificate_untrusted, certificate_expired, certificate_other_name,
  /// certificate_not_pinned; none: it has not been asked.
  [[nodiscard]] UpdateError reason() const { return reason_; }

 private:
  struct Free {
    void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  };

  static int verify(X509_STORE_CTX* chain, void* self);
  [[nodiscard]] UpdateError judge(X509_STORE_CTX* chain) const;
  [[nodiscard]] UpdateError judge_chain(X509_STORE_CTX* chain) const;
  [[nodiscard]] bool pinned(X509* certificate) const;

  std::string host_;
  port::HttpClient::Trust::Roots roots_{port::HttpClient::Trust::Roots::system};
  std::vector<port::HttpClient::Pin> pins_;
  std::unique_ptr<X509_STORE, Free> store_;
  UpdateError reason_{UpdateError::none};
  bool satisfied_{false};
};

}  // namespace airlift::posix
