// Core's digests by OpenSSL.
//
// The low-level calls are deprecated in favour of EVP, but only they fit here: an EVP_MD_CTX lives on the
// heap and is looked up and locked on each start and copy, while core wants a state that is copied in place
// 20,000 times per password check (crypto/pbkdf2.hpp). They compute with the same assembler code.
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/crypto.h>
#include <openssl/md5.h>
#include <openssl/sha.h>

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
  MD5_Init(context_in<MD5_CTX>(state_));
}
void Md5::update(Bytes bytes) {
  MD5_Update(context_in<MD5_CTX>(state_), bytes.data(), bytes.size());
}
void Md5::finish(std::uint8_t* digest) {
  MD5_Final(digest, context_in<MD5_CTX>(state_));
}

void Sha256::start() {
  SHA256_Init(context_in<SHA256_CTX>(state_));
}
void Sha256::update(Bytes bytes) {
  SHA256_Update(context_in<SHA256_CTX>(state_), bytes.data(), bytes.size());
}
void Sha256::finish(std::uint8_t* digest) {
  SHA256_Final(digest, context_in<SHA256_CTX>(state_));
}

void Sha384::start() {
  SHA384_Init(context_in<SHA512_CTX>(state_));
}
void Sha384::update(Bytes bytes) {
  SHA384_Update(context_in<SHA512_CTX>(state_), bytes.data(), bytes.size());
}
void Sha384::finish(std::uint8_t* digest) {
  SHA384_Final(digest, context_in<SHA512_CTX>(state_));
}

void Sha512::start() {
  SHA512_Init(context_in<SHA512_CTX>(state_));
}
void Sha512::update(Bytes bytes) {
  SHA512_Update(context_in<SHA512_CTX>(state_), bytes.data(), bytes.size());
}
void Sha512::finish(std::uint8_t* digest) {
  SHA512_Final(digest, context_in<SHA512_CTX>(state_));
}

bool equal_constant_time(Bytes a, Bytes b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace airlift::crypto::backend
