// The signature backend of the simulator: OpenSSL's Ed25519, but each question is asked once. The same few
// files are judged a million times, and a verification takes as long as a whole simulated update.

#include "airlift/crypto/signature_backend.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace airlift::crypto::backend {
namespace {

/// A SubjectPublicKeyInfo of Ed25519 (RFC 8410): the key is its end.
constexpr std::size_t spki_bytes{44};
constexpr std::size_t raw_key_bytes{32};

struct Asked {
  std::vector<std::uint8_t> question;
  bool answer{false};
};

bool verify_by_openssl(Bytes spki, Bytes message, Bytes signature) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, spki.data() + spki_bytes - raw_key_bytes,
                                  raw_key_bytes),
      EVP_PKEY_free};
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

}  // namespace

KeyFacts read_public_key(Bytes spki) {
  return spki.size() == spki_bytes ? KeyFacts{KeyFacts::Type::ed25519, 256} : KeyFacts{};
}

bool verify_ed25519(Bytes spki, Bytes message, Bytes signature) {
  static thread_local std::vector<Asked> known;
  std::vector<std::uint8_t> question;
  for (const Bytes part : {spki, signature, message})
    question.insert(question.end(), part.begin(), part.end());
  const auto same = [&](const Asked& asked) { return asked.question == question; };
  const auto found = std::find_if(known.begin(), known.end(), same);
  if (found != known.end()) return found->answer;
  known.push_back({std::move(question), verify_by_openssl(spki, message, signature)});
  return known.back().answer;
}

// There are no other keys here.
std::size_t open_rsa_pkcs1(Bytes, Bytes, MutableBytes) {
  return 0;
}
bool verify_rsa_pss(Bytes, DigestKind, Bytes, Bytes) {
  return false;
}
bool verify_ecdsa(Bytes, Bytes, Bytes) {
  return false;
}

}  // namespace airlift::crypto::backend
