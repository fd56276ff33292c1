#include "airlift_posix/server_trust.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <string>

#include "airlift_posix/address.hpp"

namespace airlift::posix {
namespace {

using Pin = port::HttpClient::Pin;
using Roots = port::HttpClient::Trust::Roots;

bool add_roots(X509_STORE* store, const port::HttpClient::Trust& trust) {
  switch (trust.roots) {
    case Roots::none:
      return true;
    case Roots::system:
      return X509_STORE_set_default_paths(store) == 1;
    case Roots::file:
      return X509_STORE_load_file(store, std::string{trust.ca}.c_str()) == 1;
  }
  return false;
}

UpdateError error_of(int verdict) {
  switch (verdict) {
    case X509_V_OK:
      return UpdateError::none;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return UpdateError::certificate_expired;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return UpdateError::certificate_other_name;
    default:
      return UpdateError::certificate_untrusted;
  }
}

}  // namespace

Status ServerTrust::load(const port::HttpClient::Trust& trust) {
  roots_ = trust.roots;
  pins_.assign(trust.pins.begin(), trust.pins.end());
  store_.reset(X509_STORE_new());
  // A file may hold the issuer only, without its own issuers.
  if (!store_ || X509_STORE_set_flags(store_.get(), X509_V_FLAG_PARTIAL_CHAIN) != 1) {
    return UpdateError::tls_failed;
  }
  const bool added = add_roots(store_.get(), trust);
  ERR_clear_error();
  return added ? Status{} : UpdateError::key_unreadable;
}

bool ServerTrust::attach(SSL_CTX* context) {
  if (!store_) return false;
  SSL_CTX_set1_cert_store(context, store_.get());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify, this);
  return true;
}

/// 1: the handshake goes on.
int ServerTrust::verify(X509_STORE_CTX* chain, void* self) {
  ServerTrust& trust = *static_cast<ServerTrust*>(self);
  trust.reason_ = trust.judge(chain);
  trust.satisfied_ = trust.reason_ == UpdateError::none;
  const int unspecific = X509_STORE_CTX_get_error(chain) == X509_V_OK ? X509_V_ERR_APPLICATION_VERIFICATION
                                                                      : X509_STORE_CTX_get_error(chain);
  X509_STORE_CTX_set_error(chain, trust.satisfied_ ? X509_V_OK : unspecific);
  return trust.satisfied_ ? 1 : 0;
}

UpdateError ServerTrust::judge(X509_STORE_CTX* chain) const {
  X509* const shown = X509_STORE_CTX_get0_cert(chain);
  if (shown == nullptr) return UpdateError::certificate_untrusted;
  if (roots_ == Roots::none && pins_.empty()) return UpdateError::certificate_untrusted;
  if (roots_ != Roots::none) {
    const UpdateError error = judge_chain(chain);
    if (error != UpdateError::none) return error;
  }
  return pins_.empty() || pinned(shown) ? UpdateError::none : UpdateError::certificate_not_pinned;
}

UpdateError ServerTrust::judge_chain(X509_STORE_CTX* chain) const {
  X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(chain);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const int named = parse_address(host_) ? X509_VERIFY_PARAM_set1_ip_asc(rules, host_.c_str())
                                         : X509_VERIFY_PARAM_set1_host(rules, host_.data(), host_.size());
  if (named != 1 || host_.empty()) return UpdateError::certificate_untrusted;
  if (X509_verify_cert(chain) == 1) return UpdateError::none;
  const UpdateError error = error_of(X509_STORE_CTX_get_error(chain));
  return error == UpdateError::none ? UpdateError::certificate_untrusted : error;
}

bool ServerTrust::pinned(X509* certificate) const {
  Pin whole{};
  Pin key{};
  unsigned char* encoded{nullptr};
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &encoded);
  if (size <= 0) return false;
  const bool digested =
      X509_digest(certificate, EVP_sha256(), whole.data(), nullptr) == 1 &&
      EVP_Digest(encoded, static_cast<std::size_t>(size), key.data(), nullptr, EVP_sha256(), nullptr) == 1;
  OPENSSL_free(encoded);
  return digested &&
         std::any_of(pins_.begin(), pins_.end(), [&](const Pin& pin) { return pin == whole || pin == key; });
}

}  // namespace airlift::posix
