// Core's digests by BearSSL.

#include <bearssl_hash.h>

#include <new>
#include <type_traits>

#include "airlift/crypto/backend.hpp"

namespace airlift::crypto::backend {
namespace {

template <typename Context, std::size_t Size>
Context* context_in(StateStorage<Size>& state) {
  static_assert(sizeof(Context) <= Size);
  static_assert(alignof(Context) <= alignof(StateStorage<Size>));
  static_assert(std::is_trivially_copyable_v<Context>, "a copy of the storage is a copy of the state");
  return std::launder(reinterpret_cast<Context*>(state.bytes.data()));
}

}  // namespace

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

// BearSSL compares only inside of its protocols. `volatile` keeps a compiler from stopping at a difference.
bool equal_constant_time(Bytes a, Bytes b) {
  if (a.size() != b.size()) return false;
  volatile std::uint8_t difference{0};
  for (std::size_t at = 0; at < a.size(); ++at) {
    difference = static_cast<std::uint8_t>(difference | (a[at] ^ b[at]));
  }
  return difference == 0;
}

}  // namespace airlift::crypto::backend
