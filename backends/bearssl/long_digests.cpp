// SHA-384 and SHA-512 by BearSSL, apart for devices that do without.

#include "airlift/crypto/backend.hpp"
#include "bearssl/context.hpp"

namespace airlift::crypto::backend {

void Sha384::start() {
  br_sha384_init(context_in<br_sha384_context>(state_));
}
void Sha384::update(Bytes bytes) {
  br_sha384_update(context_in<br_sha384_context>(state_), bytes.data(), bytes.size());
}
void Sha384::finish(std::uint8_t* digest) {
  br_sha384_out(context_in<br_sha384_context>(state_), digest);
}

void Sha512::start() {
  br_sha512_init(context_in<br_sha512_context>(state_));
}
void Sha512::update(Bytes bytes) {
  br_sha512_update(context_in<br_sha512_context>(state_), bytes.data(), bytes.size());
}
void Sha512::finish(std::uint8_t* digest) {
  br_sha512_out(context_in<br_sha512_context>(state_), digest);
}

}  // namespace airlift::crypto::backend
