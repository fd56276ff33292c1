// Core's digests by mbedTLS: 2.x in core 2.x, 3.x in core 3.x.

#include <mbedtls/md5.h>
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>
#include <mbedtls/version.h>

#include <algorithm>
#include <new>
#include <type_traits>

#include "airlift/crypto/backend.hpp"

// mbedTLS 3.0 took the suffix away that 2.7 had added.
#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define AIRLIFT_MBEDTLS(name) name##_ret
#else
#define AIRLIFT_MBEDTLS(name) name
#endif

namespace airlift::crypto::backend {
namespace {

template <typename Context, std::size_t Size>
Context* context_in(StateStorage<Size>& state) {
  static_assert(sizeof(Context) <= Size);
  static_assert(alignof(Context) <= alignof(StateStorage<Size>));
  static_assert(std::is_trivially_copyable_v<Context>, "a copy of the storage is a copy of the state");
  return std::launder(reinterpret_cast<Context*>(state.bytes.data()));
}

/// The first ESP32 computes in an engine that belongs to one context at a time, from its first block on.
/// A clone is computed by software; so no state holds the engine when a call returns, and each can be copied
/// and forgotten.
template <typename Context>
void leave_engine(Context* context, void (*clone)(Context*, const Context*), void (*free)(Context*)) {
  Context own{};
  clone(&own, context);
  free(context);
  *context = own;
}

// The return values tell of a busy engine and of null pointers only: neither can be.

}  // namespace

void Md5::start() {
  auto* const context = context_in<mbedtls_md5_context>(state_);
  mbedtls_md5_init(context);
  (void)AIRLIFT_MBEDTLS(mbedtls_md5_starts)(context);
}
void Md5::update(Bytes bytes) {
  (void)AIRLIFT_MBEDTLS(mbedtls_md5_update)(context_in<mbedtls_md5_context>(state_), bytes.data(),
                                            bytes.size());
}
void Md5::finish(std::uint8_t* digest) {
  (void)AIRLIFT_MBEDTLS(mbedtls_md5_finish)(context_in<mbedtls_md5_context>(state_), digest);
}

void Sha256::start() {
  auto* const context = context_in<mbedtls_sha256_context>(state_);
  mbedtls_sha256_init(context);
  (void)AIRLIFT_MBEDTLS(mbedtls_sha256_starts)(context, 0);
}
void Sha256::update(Bytes bytes) {
  auto* const context = context_in<mbedtls_sha256_context>(state_);
  (void)AIRLIFT_MBEDTLS(mbedtls_sha256_update)(context, bytes.data(), bytes.size());
  leave_engine(context, mbedtls_sha256_clone, mbedtls_sha256_free);
}
void Sha256::finish(std::uint8_t* digest) {
  auto* const context = context_in<mbedtls_sha256_context>(state_);
  (void)AIRLIFT_MBEDTLS(mbedtls_sha256_finish)(context, digest);
  mbedtls_sha256_free(context);
}

namespace {

// SHA-384 is SHA-512 with another start (FIPS 180-4); mbedTLS keeps which one in the state.
void start_sha512(mbedtls_sha512_context* context, int is_384) {
  mbedtls_sha512_init(context);
  (void)AIRLIFT_MBEDTLS(mbedtls_sha512_starts)(context, is_384);
}
void update_sha512(mbedtls_sha512_context* context, Bytes bytes) {
  (void)AIRLIFT_MBEDTLS(mbedtls_sha512_update)(context, bytes.data(), bytes.size());
  leave_engine(context, mbedtls_sha512_clone, mbedtls_sha512_free);
}
void finish_sha512(mbedtls_sha512_context* context, std::uint8_t* digest, std::size_t size) {
  std::array<std::uint8_t, 64> whole{};
  (void)AIRLIFT_MBEDTLS(mbedtls_sha512_finish)(context, whole.data());
  mbedtls_sha512_free(context);
  std::copy_n(whole.begin(), size, digest);
}

}  // namespace

void Sha384::start() {
  start_sha512(context_in<mbedtls_sha512_context>(state_), 1);
}
void Sha384::update(Bytes bytes) {
  update_sha512(context_in<mbedtls_sha512_context>(state_), bytes);
}
void Sha384::finish(std::uint8_t* digest) {
  finish_sha512(context_in<mbedtls_sha512_context>(state_), digest, 48);
}

void Sha512::start() {
  start_sha512(context_in<mbedtls_sha512_context>(state_), 0);
}
void Sha512::update(Bytes bytes) {
  update_sha512(context_in<mbedtls_sha512_context>(state_), bytes);
}
void Sha512::finish(std::uint8_t* digest) {
  finish_sha512(context_in<mbedtls_sha512_context>(state_), digest, 64);
}

/// mbedTLS has mbedtls_ct_memcmp() from 3.1 on only.
bool equal_constant_time(Bytes a, Bytes b) {
  if (a.size() != b.size()) return false;
  volatile std::uint8_t difference{0};
  for (std::size_t i = 0; i < a.size(); ++i) difference = difference | (a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace airlift::crypto::backend
