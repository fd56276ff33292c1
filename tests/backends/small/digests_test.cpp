// The digests in little code say what OpenSSL's say, of every length around their blocks,
// however it is cut.

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

template <typename Hash>
void expect_same(const std::string& text, const EVP_MD* kind) {
  const Bytes bytes = as_bytes(text);
  const std::size_t cut = text.size() * 7 % (text.size() + 1);
  EXPECT_EQ(Hash{}.update(bytes.first(cut)).update(bytes.subspan(cut)).finish(),
            by_openssl<typename Hash::Digest>(text, kind))
      << text.size();
}

TEST(SmallDigests, AreThoseOfOpenSsl) {
  std::string text;
  for (std::size_t size = 0; size < 400; ++size) {
    expect_same<Md5>(text, EVP_md5());
    expect_same<Sha256>(text, EVP_sha256());
    expect_same<Sha384>(text, EVP_sha384());
    expect_same<Sha512>(text, EVP_sha512());
    text.push_back(static_cast<char>(size * 31));
  }
}

}  // namespace
}  // namespace airlift::crypto
