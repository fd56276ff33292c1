// For devices that take neither Ed25519 nor the ESP32 core's signatures: nobody needs SHA-384 and SHA-512.
// Their digests are zeros.

#include <algorithm>

#include "airlift/crypto/backend.hpp"

namespace airlift::crypto::backend {

void Sha384::start() {}
void Sha384::update(Bytes) {}
void Sha384::finish(std::uint8_t* digest) {
  std::fill_n(digest, 48, std::uint8_t{0});
}

void Sha512::start() {}
void Sha512::update(Bytes) {}
void Sha512::finish(std::uint8_t* digest) {
  std::fill_n(digest, 64, std::uint8_t{0});
}

}  // namespace airlift::crypto::backend
