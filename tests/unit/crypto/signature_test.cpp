#include "airlift/crypto/signature.hpp"

#include <gtest/gtest.h>

#include <string>

#include "airlift/codec/text.hpp"
#include "support/openssl_program.hpp"

namespace airlift::crypto {
namespace {

using testing::OpensslProgram;

constexpr std::string_view message{"what is signed"};

Bytes digest_of(DigestKind kind, std::string_view text) {
  static Sha2 hash{DigestKind::sha256};
  hash.start(kind);
  return hash.update(as_bytes(text)).finish();
}

std::string changed(std::string text, std::size_t at) {
  text[at] = static_cast<char>(text[at] ^ 1);
  return text;
}

UpdateError ed25519(const PublicKey& key, std::string_view text, std::string_view signature) {
  return verify_ed25519(key, as_bytes(text), as_bytes(signature)).error();
}

UpdateError pkcs1(const PublicKey& key, std::string_view text, std::string_view signature) {
  return verify_rsa_pkcs1_sha256(key, sha256(as_bytes(text)), as_bytes(signature)).error();
}

UpdateError pss(const PublicKey& key, DigestKind kind, std::string_view text, std::string_view signature) {
  return verify_rsa_pss(key, kind, digest_of(kind, text), as_bytes(signature)).error();
}

UpdateError ecdsa(const PublicKey& key, DigestKind kind, std::string_view text, std::string_view signature) {
  return verify_ecdsa(key, kind, digest_of(kind, text), as_bytes(signature)).error();
}

constexpr DigestKind digest_kinds[]{DigestKind::sha256, DigestKind::sha384, DigestKind::sha512};

std::string option_of(DigestKind kind) {
  return "-" + std::string{name_of(kind)};
}

/// Every changed bit of one byte in eight, and every other size, is wrong.
template <typename Verify>
void expect_no_other_signature(const std::string& signature, Verify verify) {
  ASSERT_EQ(verify(signature), UpdateError::none);
  for (std::size_t at = 0; at < signature.size(); at += 8) {
    EXPECT_EQ(verify(changed(signature, at)), UpdateError::signature_wrong) << at;
  }
  EXPECT_EQ(verify(changed(signature, signature.size() - 1)), UpdateError::signature_wrong);
  EXPECT_EQ(verify(signature.substr(1)), UpdateError::signature_wrong);
  EXPECT_EQ(verify(signature.substr(0, signature.size() - 1)), UpdateError::signature_wrong);
  EXPECT_EQ(verify(signature + '\0'), UpdateError::signature_wrong);
  EXPECT_EQ(verify('\0' + signature), UpdateError::signature_wrong);
  EXPECT_EQ(verify({}), UpdateError::signature_wrong);
}

TEST(Ed25519, TakesWhatOpensslSigned) {
  const OpensslProgram openssl;
  openssl.make_key("mine", "-algorithm ED25519");
  openssl.make_key("other", "-algorithm ED25519");
  const PublicKey key = openssl.key("mine");
  for (const std::string& text : {std::string{"m"}, std::string(600, 'x'), std::string{message}}) {
    EXPECT_EQ(ed25519(key, text, openssl.sign_ed25519("mine", text)), UpdateError::none);
  }
  const std::string signature = openssl.sign_ed25519("mine", message);
  expect_no_other_signature(signature, [&](const std::string& s) { return ed25519(key, message, s); });
  EXPECT_EQ(ed25519(key, changed(std::string{message}, 3), signature), UpdateError::signature_wrong);
  EXPECT_EQ(ed25519(openssl.key("other"), message, signature), UpdateError::signature_wrong);
}

// RFC 8032 7.1, test 2.
TEST(Ed25519, TakesTheSignatureOfTheRfc) {
  std::array<std::uint8_t, 44> spki{};
  ASSERT_TRUE(
      codec::from_hex("302a300506032b6570032100"
                      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                      spki));
  std::array<std::uint8_t, 64> signature{};
  ASSERT_TRUE(
      codec::from_hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
                      signature));
  const Result<PublicKey> key = PublicKey::from_der(spki);
  ASSERT_TRUE(key.ok());
  EXPECT_TRUE(verify_ed25519(key.value(), as_bytes("\x72"), signature).ok());
  EXPECT_FALSE(verify_ed25519(key.value(), as_bytes("\x73"), signature).ok());
}

class Rsa : public ::testing::TestWithParam<int> {
 protected:
  Rsa() {
    openssl_.make_rsa("mine", GetParam());
    key_ = openssl_.key("mine");
  }
  OpensslProgram openssl_;
  PublicKey key_;
};

TEST_P(Rsa, TakesPkcs1AsOpensslSignsIt) {
  const std::string signature = openssl_.sign("mine", "-sha256", message);
  expect_no_other_signature(signature, [&](const std::string& s) { return pkcs1(key_, message, s); });
  EXPECT_EQ(pkcs1(key_, "something else", signature), UpdateError::signature_wrong);
}

TEST_P(Rsa, TakesPssOfAnyDigestAndSaltAsOpensslSignsIt) {
  for (const DigestKind kind : digest_kinds) {
    for (const char* salt : {"max", "digest", "20"}) {
      const std::string options =
          option_of(kind) + " -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:" + salt;
      const std::string signature = openssl_.sign("mine", options, message);
      EXPECT_EQ(pss(key_, kind, message, signature), UpdateError::none) << options;
      EXPECT_EQ(pss(key_, kind, "something else", signature), UpdateError::signature_wrong);
      EXPECT_EQ(pss(key_, kind, message, changed(signature, 100)), UpdateError::signature_wrong);
      EXPECT_EQ(pkcs1(key_, message, signature), UpdateError::signature_wrong) << "other padding";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Bits, Rsa, ::testing::Values(2048, 3072, 4096));

TEST(RsaPss, HoldsToItsDigestAndSize) {
  const OpensslProgram openssl;
  openssl.make_rsa("mine", 2048);
  const PublicKey key = openssl.key("mine");
  const std::string signature =
      openssl.sign("mine", "-sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:max", message);
  expect_no_other_signature(signature,
                            [&](const std::string& s) { return pss(key, DigestKind::sha384, message, s); });
  EXPECT_EQ(pss(key, DigestKind::sha256, message, signature), UpdateError::signature_wrong);
  EXPECT_EQ(pss(key, DigestKind::sha512, message, signature), UpdateError::signature_wrong);
  const Bytes digest = digest_of(DigestKind::sha384, message);
  EXPECT_TRUE(verify_rsa_pss(key, DigestKind::sha384, digest, as_bytes(signature)).ok());
  EXPECT_FALSE(verify_rsa_pss(key, DigestKind::sha384, digest.first(32), as_bytes(signature)).ok());
  EXPECT_FALSE(verify_rsa_pss(key, DigestKind::sha384, {}, as_bytes(signature)).ok());
}

TEST(RsaPkcs1, NamesTheBareDigestOfOldToolsAndTakesNoOtherDigest) {
  const OpensslProgram openssl;
  openssl.make_rsa("mine", 2048);
  const PublicKey key = openssl.key("mine");
  const auto padded = [&](std::string_view content) {
    return openssl.make("pkeyutl -sign -inkey mine.pem -pkeyopt rsa_padding_mode:pkcs1 -in input", content);
  };
  const Sha256Digest digest = sha256(as_bytes(message));
  EXPECT_EQ(pkcs1(key, message, padded(as_text(digest))), UpdateError::legacy_signature);
  EXPECT_EQ(pkcs1(key, "something else", padded(as_text(digest))), UpdateError::legacy_signature);
  EXPECT_EQ(pkcs1(key, message, padded("short")), UpdateError::signature_wrong);
  EXPECT_EQ(pkcs1(key, message, padded(std::string(51, 'x'))), UpdateError::signature_wrong);
  for (const char* other : {"-sha1", "-sha512", "-sha512-256"}) {
    EXPECT_EQ(pkcs1(key, message, openssl.sign("mine", other, message)), UpdateError::signature_wrong)
        << other;
  }
}

class Ec : public ::testing::TestWithParam<const char*> {
 protected:
  Ec() {
    openssl_.make_ec("mine", GetParam());
    openssl_.make_ec("other", GetParam());
    key_ = openssl_.key("mine");
  }
  OpensslProgram openssl_;
  PublicKey key_;
};

TEST_P(Ec, TakesEcdsaOfAnyDigestAsOpensslSignsIt) {
  for (const DigestKind kind : digest_kinds) {
    const std::string signature = openssl_.sign("mine", option_of(kind), message);
    expect_no_other_signature(signature, [&](const std::string& s) { return ecdsa(key_, kind, message, s); });
    EXPECT_EQ(ecdsa(key_, kind, "something else", signature), UpdateError::signature_wrong);
    EXPECT_EQ(ecdsa(openssl_.key("other"), kind, message, signature), UpdateError::signature_wrong);
    EXPECT_FALSE(verify_ecdsa(key_, kind, digest_of(kind, message).first(20), as_bytes(signature)).ok());
  }
}

INSTANTIATE_TEST_SUITE_P(Curves, Ec, ::testing::Values("P-256", "P-384"));

TEST(Signature, IsWrongForAKeyOfAnotherTypeAndForNone) {
  const OpensslProgram openssl;
  openssl.make_key("ed", "-algorithm ED25519");
  openssl.make_rsa("rsa", 2048);
  openssl.make_ec("ec", "P-256");
  const std::string by_ed = openssl.sign_ed25519("ed", message);
  const std::string by_rsa = openssl.sign("rsa", "-sha256", message);
  const std::string by_ec = openssl.sign("ec", "-sha256", message);
  for (const PublicKey& key : {openssl.key("ed"), openssl.key("rsa"), openssl.key("ec"), PublicKey{}}) {
    for (const std::string& signature : {by_ed, by_rsa, by_ec}) {
      const bool right = !key.der().empty();
      EXPECT_EQ(ed25519(key, message, signature) == UpdateError::none,
                right && key.type() == KeyType::ed25519 && signature == by_ed);
      EXPECT_EQ(pkcs1(key, message, signature) == UpdateError::none,
                right && key.type() == KeyType::rsa && signature == by_rsa);
      EXPECT_EQ(pss(key, DigestKind::sha256, message, signature), UpdateError::signature_wrong);
      EXPECT_EQ(ecdsa(key, DigestKind::sha256, message, signature) == UpdateError::none,
                right && key.type() == KeyType::ecdsa && signature == by_ec);
    }
  }
}

}  // namespace
}  // namespace airlift::crypto
