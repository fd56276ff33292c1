// Core's digests by BearSSL.

#include "airlift/crypto/backend.hpp"
#include "bearssl/context.hpp"

namespace airlift::crypto::backend {
void Md5::start() {
  br_md5_init(context_in<br_md5_context>(state_));
}
void Md5::update(Bytes bytes) {
  br_md5_update(context_in<br_md5_context>(state_), bytes.data(), bytes.size());
}
void Md5::finish(std::uint8_t* digest) {
  br_md5_out(context_in<br_md5_context>(state_), digest);
}

void Sha256::start() {
  br_sha256_init(context_in<br_sha256_context>(state_));
}
void Sha256::update(Bytes bytes) {
  br_sha256_update(context_in<br_sha256_context>(state_), bytes.data(), bytes.size());
}
void Sha256::finish(std::uint8_t* digest) {
  br_sha256_out(context_in<br_sha256_context>(state_), digest);
}

}  // namespace airlift::crypto::backend
