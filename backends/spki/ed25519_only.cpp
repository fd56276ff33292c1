// Keys of devices that take Ed25519 only. Instead of bearssl/signature.cpp.

#include "spki/spki.hpp"

namespace airlift::crypto::backend {

KeyFacts read_public_key(Bytes spki) {
  const Spki read = read_spki(spki);
  if (read.type == KeyFacts::Type::ed25519) return ed25519_facts(read.key);
  return {read.type == KeyFacts::Type::unreadable ? read.type : KeyFacts::Type::other, 0};
}

}  // namespace airlift::crypto::backend
