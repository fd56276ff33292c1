#pragma once
// What a crypto library must offer. One implementation is linked in: OpenSSL in posix/, BearSSL in
// backends/. Each state is copyable (a copy goes on independently) and lives in place; its size fits all
// those libraries.

#include <array>
#include <cstddef>

#include "airlift/base/span.hpp"

namespace airlift::crypto::backend {

/// Room for a library's own state: 128 bytes hold MD5_CTX / SHA256_CTX of OpenSSL, BearSSL and mbedTLS, 224
/// their SHA512_CTX, which serves SHA-384, too.
template <std::size_t Size>
struct alignas(8) StateStorage {
  std::array<std::uint8_t, Size> bytes{};
};

class Md5 {
 public:
  void start();
  void update(Bytes bytes);
  void finish(std::uint8_t* digest);  ///< writes 16 bytes

 private:
  StateStorage<128> state_;
};

class Sha256 {
 public:
  void start();
  void update(Bytes bytes);
  void finish(std::uint8_t* digest);  ///< writes 32 bytes

 private:
  StateStorage<128> state_;
};

class Sha384 {
 public:
  void start();
  void update(Bytes bytes);
  void finish(std::uint8_t* digest);  ///< writes 48 bytes

 private:
  StateStorage<224> state_;
};

class Sha512 {
 public:
  void start();
  void update(Bytes bytes);
  void finish(std::uint8_t* digest);  ///< writes 64 bytes

 private:
  StateStorage<224> state_;
};

/// True when both ranges are equal; the time depends on the sizes only.
[[nodiscard]] bool equal_constant_time(Bytes a, Bytes b);

}  // namespace airlift::crypto::backend
