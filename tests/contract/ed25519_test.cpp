// Every backend gives the same verdict on an Ed25519 signature: else a device would take what the uploader
// refuses, or the other way round.

#include <gtest/gtest.h>

#include <vector>

#include "airlift/codec/text.hpp"
#include "airlift/crypto/signature_backend.hpp"
#include "contract/ed25519_vectors.hpp"

namespace airlift::crypto {
namespace {

using vectors::Ed25519Vector;
using vectors::Ed25519Verdict;
using Buffer = std::vector<std::uint8_t>;

Buffer bytes_of(std::string_view hex) {
  Buffer bytes(hex.size() / 2);
  EXPECT_TRUE(codec::from_hex(hex, {bytes.data(), bytes.size()})) << hex;
  return bytes;
}

Bytes view(const Buffer& buffer) {
  return {buffer.data(), buffer.size()};
}

Buffer spki_of(const Buffer& raw) {
  Buffer spki = bytes_of("302a300506032b6570032100");  // RFC 8410 4
  spki.insert(spki.end(), raw.begin(), raw.end());
  return spki;
}

Ed25519Verdict verdict(const Buffer& raw_key, const Buffer& message, const Buffer& signature) {
  const Result<PublicKey> key = PublicKey::from_der(view(spki_of(raw_key)));
  if (!key.ok()) {
    EXPECT_EQ(key.error(), UpdateError::key_unreadable);
    return Ed25519Verdict::unreadable;
  }
  const Status verified = verify_ed25519(key.value(), view(message), view(signature));
  EXPECT_TRUE(verified.ok() || verified.error() == UpdateError::signature_wrong);
  return verified.ok() ? Ed25519Verdict::taken : Ed25519Verdict::wrong;
}

TEST(Ed25519Contract, HasOneVerdictOnEachOfTheList) {
  for (const Ed25519Vector& vector : vectors::ed25519_list) {
    EXPECT_EQ(verdict(bytes_of(vector.key), bytes_of(vector.message), bytes_of(vector.signature)),
              vector.verdict)
        << vector.what;
  }
}

// From end to end: S below L is asked for first, and no bit is left out of the equation.
TEST(Ed25519Contract, RefusesASignatureWithAnyBitChanged) {
  const Ed25519Vector& vector = vectors::ed25519_list[1];
  const Buffer key = bytes_of(vector.key);
  const Buffer message = bytes_of(vector.message);
  Buffer signature = bytes_of(vector.signature);
  ASSERT_EQ(verdict(key, message, signature), Ed25519Verdict::taken);
  for (std::size_t bit = 0; bit < 8 * signature.size(); ++bit) {
    const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
    signature[bit / 8] ^= mask;
    EXPECT_EQ(verdict(key, message, signature), Ed25519Verdict::wrong) << bit;
    signature[bit / 8] ^= mask;
  }
}

TEST(Ed25519Contract, RefusesTheSignatureForAnyOtherKey) {
  const Ed25519Vector& vector = vectors::ed25519_list[1];
  Buffer key = bytes_of(vector.key);
  for (std::size_t bit = 0; bit < 8 * key.size(); ++bit) {
    const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
    key[bit / 8] ^= mask;
    EXPECT_NE(verdict(key, bytes_of(vector.message), bytes_of(vector.signature)), Ed25519Verdict::taken)
        << bit;
    key[bit / 8] ^= mask;
  }
}

TEST(Ed25519Contract, TakesSignaturesOf64BytesOnly) {
  const Ed25519Vector& vector = vectors::ed25519_list[1];
  Buffer signature = bytes_of(vector.signature);
  signature.push_back(0);
  EXPECT_EQ(verdict(bytes_of(vector.key), bytes_of(vector.message), signature), Ed25519Verdict::wrong);
  for (; !signature.empty(); signature.pop_back()) {
    if (signature.size() == ed25519_signature_bytes) continue;
    EXPECT_EQ(verdict(bytes_of(vector.key), bytes_of(vector.message), signature), Ed25519Verdict::wrong);
  }
  EXPECT_EQ(verdict(bytes_of(vector.key), bytes_of(vector.message), {}), Ed25519Verdict::wrong);
}

// The front end refuses the neutral point as a key; for a backend each S B = R is right by it, so that S can
// be chosen.
TEST(Ed25519Contract, ABackendTakesSFromZeroToBelowTheOrder) {
  const Buffer neutral =
      spki_of(bytes_of("0100000000000000000000000000000000000000000000000000000000000000"));
  const auto is_taken = [&](std::string_view r, std::string_view s) {
    return backend::verify_ed25519(view(neutral), {}, view(bytes_of(std::string{r}.append(s))));
  };
  constexpr std::string_view zero{"0100000000000000000000000000000000000000000000000000000000000000"};
  constexpr std::string_view base{"5866666666666666666666666666666666666666666666666666666666666666"};
  constexpr std::string_view minus_base{"58666666666666666666666666666666666666666666666666666666666666e6"};
  EXPECT_TRUE(is_taken(zero, "0000000000000000000000000000000000000000000000000000000000000000"));
  EXPECT_TRUE(is_taken(base, "0100000000000000000000000000000000000000000000000000000000000000"));
  EXPECT_TRUE(is_taken(minus_base, "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"));
  EXPECT_FALSE(is_taken(zero, "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"));
  EXPECT_FALSE(is_taken(base, "eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"));
}

}  // namespace
}  // namespace airlift::crypto
