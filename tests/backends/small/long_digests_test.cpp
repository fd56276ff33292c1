// SHA-384 and SHA-512 in little code say what OpenSSL's say, of every length around their blocks, however it
// is cut.

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <string>

#include "airlift/crypto/hash.hpp"

namespace airlift::crypto {
namespace {

template <typename Digest>
Digest by_openssl(const std::string& text, const EVP_MD* kind) {
  Digest digest{};
  EXPECT_EQ(EVP_Digest(text.data(), text.size(), digest.data(), nullptr, kind, nullptr), 1);
  return digest;
}

TEST(SmallLongDigests, AreThoseOfOpenSsl) {
  std::string text;
  for (std::size_t size = 0; size < 400; ++size) {
    const std::size_t cut = size * 7 % (size + 1);
    const Bytes bytes = as_bytes(text);
    EXPECT_EQ(Sha512{}.update(bytes.first(cut)).update(bytes.subspan(cut)).finish(),
              by_openssl<Sha512::Digest>(text, EVP_sha512()))
        << size;
    EXPECT_EQ(Sha384{}.update(bytes.first(cut)).update(bytes.subspan(cut)).finish(),
              by_openssl<Sha384::Digest>(text, EVP_sha384()))
        << size;
    text.push_back(static_cast<char>(size * 31));
  }
}

}  // namespace
}  // namespace airlift::crypto
