// Keys from the configuration: airlift/crypto/signature.hpp and airlift_posix/pem.hpp; and what a key says to
// any bytes as a signature.

#include <algorithm>

#include "airlift_posix/pem.hpp"
#include "require.hpp"

using airlift::Bytes;
using airlift::Result;
using airlift::UpdateError;
using airlift::fuzz::require;
namespace crypto = airlift::crypto;

namespace {

void check_key(const crypto::PublicKey& key) {
  const std::size_t bits = key.bits();
  const bool known = key.type() == crypto::KeyType::rsa     ? bits >= 2048 && bits <= 4096 && bits % 8 == 0
                     : key.type() == crypto::KeyType::ecdsa ? bits == 256 || bits == 384
                                                            : bits == 256 && key.der().size() == 44;
  require(known, "a key of a size that is taken");
  const Result<crypto::PublicKey> again = crypto::PublicKey::from_der(key.der());
  require(again.ok() && again.value().id() == key.id() && again.value().type() == key.type(),
          "a key reads itself back");
}

void check_signatures(const crypto::PublicKey& key, Bytes signature) {
  const crypto::Sha256Digest digest = crypto::sha256(airlift::as_bytes("nobody signed this"));
  constexpr auto sha256 = crypto::DigestKind::sha256;
  require(!crypto::verify_ed25519(key, digest, signature).ok(), "not signed: Ed25519");
  require(!crypto::verify_rsa_pss(key, sha256, digest, signature).ok(), "not signed: RSA-PSS");
  require(!crypto::verify_ecdsa(key, sha256, digest, signature).ok(), "not signed: ECDSA");
  (void)crypto::verify_rsa_pkcs1_sha256(key, digest, signature);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input{data, size};
  (void)airlift::posix::public_key_from_pem(airlift::as_text(input));
  const Result<crypto::PublicKey> key = crypto::PublicKey::from_der(input);
  if (!key.ok()) {
    require(key.error() == UpdateError::key_unreadable, "unreadable or right");
    return 0;
  }
  require(std::equal(input.begin(), input.end(), key.value().der().begin(), key.value().der().end()),
          "a key is what was read");
  check_key(key.value());
  check_signatures(key.value(), input.first(std::min<std::size_t>(input.size(), key.value().bits() / 8)));
  return 0;
}
