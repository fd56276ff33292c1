// For devices that take no RSA and no ECDSA: no code of theirs is linked in.

#include "airlift/crypto/signature_backend.hpp"

namespace airlift::crypto::backend {

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
