// Core's signatures by OpenSSL's EVP, which allocates: a key is looked at once per update, not per byte.

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "airlift/crypto/signature_backend.hpp"

namespace airlift::crypto::backend {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* key) { EVP_PKEY_free(key); })>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, decltype([](EVP_PKEY_CTX* c) { EVP_PKEY_CTX_free(c); })>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype([](EVP_MD_CTX* c) { EVP_MD_CTX_free(c); })>;

/// Wrong input is an outcome here: what OpenSSL notes about it must not turn up where somebody asks for the
/// reason of another failure.
class ForgetErrors {
 public:
  ForgetErrors() { ERR_set_mark(); }
  ~ForgetErrors() { ERR_pop_to_mark(); }
  ForgetErrors(const ForgetErrors&) = delete;
  ForgetErrors& operator=(const ForgetErrors&) = delete;
};

Key key_from(Bytes spki) {
  const unsigned char* at = spki.data();
  return Key{d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size()))};
}

/// Whether the library would write the key in exactly these bytes.
bool is_canonical(EVP_PKEY* key, Bytes spki) {
  unsigned char* der{nullptr};
  const int size = i2d_PUBKEY(key, &der);
  const std::unique_ptr<unsigned char, decltype([](unsigned char* p) { OPENSSL_free(p); })> owner{der};
  return size > 0 && std::equal(der, der + size, spki.begin(), spki.end());
}

KeyFacts::Type type_of(EVP_PKEY* key) {
  using Type = KeyFacts::Type;
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return Type::ed25519;
  if (EVP_PKEY_is_a(key, "RSA") == 1) return Type::rsa;
  std::array<char, 32> curve{};
  if (EVP_PKEY_is_a(key, "EC") != 1 ||
      EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, curve.data(), curve.size(), nullptr) !=
          1) {
    return Type::other;
  }
  const std::string_view name{curve.data()};
  return name == "prime256v1" ? Type::p256 : name == "secp384r1" ? Type::p384 : Type::other;
}

const EVP_MD* method_of(DigestKind kind) {
  return kind == DigestKind::sha256 ? EVP_sha256() : kind == DigestKind::sha384 ? EVP_sha384() : EVP_sha512();
}

KeyContext context_of(const Key& key) {
  return KeyContext{key ? EVP_PKEY_CTX_new(key.get(), nullptr) : nullptr};
}

bool verify(const KeyContext& context, Bytes digest, Bytes signature) {
  return EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()) ==
         1;
}

}  // namespace

KeyFacts read_public_key(Bytes spki) {
  const ForgetErrors forget;
  const Key key = key_from(spki);
  if (!key || !is_canonical(key.get(), spki)) return {};
  return {type_of(key.get()), static_cast<std::size_t>(EVP_PKEY_get_bits(key.get()))};
}

bool verify_ed25519(Bytes spki, Bytes message, Bytes signature) {
  const ForgetErrors forget;
  const Key key = key_from(spki);
  const DigestContext context{EVP_MD_CTX_new()};
  return key && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

std::size_t open_rsa_pkcs1(Bytes spki, Bytes signature, MutableBytes into) {
  const ForgetErrors forget;
  const Key key = key_from(spki);
  const KeyContext context = context_of(key);
  // Not into `into`: some OpenSSL 3.0 write what they found without a look at the room they are given.
  std::array<std::uint8_t, most_rsa_bits / 8> room{};
  std::size_t size = room.size();
  const bool opened =
      context && EVP_PKEY_verify_recover_init(context.get()) == 1 &&
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
      EVP_PKEY_verify_recover(context.get(), room.data(), &size, signature.data(), signature.size()) == 1;
  if (!opened || size > into.size()) return 0;
  std::copy_n(room.begin(), size, into.begin());
  return size;
}

bool verify_rsa_pss(Bytes spki, DigestKind kind, Bytes digest, Bytes signature) {
  const ForgetErrors forget;
  const Key key = key_from(spki);
  const KeyContext context = context_of(key);
  return context && EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_signature_md(context.get(), method_of(kind)) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_AUTO) == 1 &&
         verify(context, digest, signature);
}

bool verify_ecdsa(Bytes spki, Bytes digest, Bytes signature) {
  const ForgetErrors forget;
  const Key key = key_from(spki);
  const KeyContext context = context_of(key);
  return context && EVP_PKEY_verify_init(context.get()) == 1 && verify(context, digest, signature);
}

}  // namespace airlift::crypto::backend
