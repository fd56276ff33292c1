// For devices that take Ed25519 only: no code of other signatures is linked in. Instead of
// bearssl/signature.cpp.

#include "spki/spki.hpp"

namespace airlift::crypto::backend {

KeyFacts read_public_key(Bytes spki) {
  const Spki read = read_spki(spki);
  if (read.type == KeyFacts::Type::ed25519) return ed25519_facts(read.key);
  return {read.type == KeyFacts::Type::unreadable ? read.type : KeyFacts::Type::other, 0};
}

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
