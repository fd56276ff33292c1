#pragma once
// What BearSSL's public keys have in common.

#include "airlift/crypto/signature_backend.hpp"

namespace airlift::crypto::backend {

/// Of the RSAPublicKey in an SPKI (RFC 8017 A.1.1); `unreadable` when it is not one, or a number is even.
[[nodiscard]] KeyFacts rsa_facts(Bytes rsa_public_key);

/// For BearSSL's structs, which have no const. Who verifies only reads.
[[nodiscard]] inline unsigned char* mutable_data(Bytes bytes) {
  return const_cast<unsigned char*>(bytes.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

}  // namespace airlift::crypto::backend
