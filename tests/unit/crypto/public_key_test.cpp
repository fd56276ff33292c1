#include <gtest/gtest.h>

#include <string>

#include "airlift/codec/text.hpp"
#include "airlift/crypto/signature.hpp"
#include "support/openssl_program.hpp"

namespace airlift::crypto {
namespace {

using testing::OpensslProgram;

std::string hex(const KeyId& id) {
  return std::string{codec::view(codec::to_hex(id))};
}

std::string der_of(const OpensslProgram& openssl, const std::string& name, const std::string& options = {}) {
  openssl.run("pkey -pubin -in " + name + ".pub.pem -outform DER -out " + name + ".der " + options);
  return openssl.read(name + ".der");
}

UpdateError error_of(std::string_view der) {
  return PublicKey::from_der(as_bytes(der)).error();
}

struct Sort {
  const char* options;
  KeyType type;
  std::size_t bits;
  std::size_t der_bytes;
  const char* id_of;  ///< the part of the DER that the id is taken of, for the shell
};

class TakenKey : public ::testing::TestWithParam<Sort> {};

TEST_P(TakenKey, IsDescribed) {
  const Sort& sort = GetParam();
  const OpensslProgram openssl;
  openssl.make_key("k", sort.options);
  const PublicKey key = openssl.key("k");
  EXPECT_EQ(key.type(), sort.type);
  EXPECT_EQ(key.bits(), sort.bits);
  EXPECT_EQ(key.der().size(), sort.der_bytes);
  EXPECT_EQ(as_text(key.der()), der_of(openssl, "k"));
  openssl.shell(std::string{sort.id_of} + " k.der | sha256sum | head -c 16");
  EXPECT_EQ(hex(key.id()), openssl.read("output"));
}

INSTANTIATE_TEST_SUITE_P(
    Sorts, TakenKey,
    ::testing::Values(Sort{"-algorithm ED25519", KeyType::ed25519, 256, 44, "tail -c 32"},
                      Sort{"-algorithm EC -pkeyopt ec_paramgen_curve:P-256", KeyType::ecdsa, 256, 91, "cat"},
                      Sort{"-algorithm EC -pkeyopt ec_paramgen_curve:P-384", KeyType::ecdsa, 384, 120, "cat"},
                      Sort{"-algorithm RSA -pkeyopt rsa_keygen_bits:2048", KeyType::rsa, 2048, 294, "cat"},
                      Sort{"-algorithm RSA -pkeyopt rsa_keygen_bits:3072", KeyType::rsa, 3072, 422, "cat"},
                      Sort{"-algorithm RSA -pkeyopt rsa_keygen_bits:4096", KeyType::rsa, 4096, 550, "cat"}));

class RefusedKey : public ::testing::TestWithParam<const char*> {};

TEST_P(RefusedKey, IsUnreadable) {
  const OpensslProgram openssl;
  openssl.make_key("k", GetParam());
  EXPECT_EQ(error_of(der_of(openssl, "k")), UpdateError::key_unreadable);
  EXPECT_EQ(posix::public_key_from_pem(openssl.read("k.pub.pem")).error(), UpdateError::key_unreadable);
}

INSTANTIATE_TEST_SUITE_P(Sorts, RefusedKey,
                         ::testing::Values("-algorithm RSA -pkeyopt rsa_keygen_bits:1024",
                                           "-algorithm RSA -pkeyopt rsa_keygen_bits:2052",
                                           "-algorithm RSA -pkeyopt rsa_keygen_bits:4104",
                                           "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048",
                                           "-algorithm EC -pkeyopt ec_paramgen_curve:P-521",
                                           "-algorithm EC -pkeyopt ec_paramgen_curve:P-224",
                                           "-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1",
                                           "-algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP256r1",
                                           "-algorithm ED448", "-algorithm X25519"));

TEST(PublicKey, HasOneEncodingOnly) {
  const OpensslProgram openssl;
  openssl.make_ec("ec", "P-256");
  EXPECT_EQ(error_of(der_of(openssl, "ec")), UpdateError::none);
  EXPECT_EQ(error_of(der_of(openssl, "ec", "-ec_conv_form compressed")), UpdateError::key_unreadable);
  EXPECT_EQ(error_of(der_of(openssl, "ec", "-ec_conv_form hybrid")), UpdateError::key_unreadable);
  EXPECT_EQ(error_of(der_of(openssl, "ec", "-ec_param_enc explicit")), UpdateError::key_unreadable);

  openssl.make_rsa("rsa", 2048);
  for (const char* name : {"ec", "rsa"}) {
    const std::string der = der_of(openssl, name);
    EXPECT_EQ(error_of(der), UpdateError::none);
    EXPECT_EQ(error_of(der + '\0'), UpdateError::key_unreadable);
    EXPECT_EQ(error_of(std::string(600, '\0')), UpdateError::key_unreadable);
    EXPECT_EQ(error_of(der + std::string(600, '\0')), UpdateError::key_unreadable);
    for (std::size_t size = 0; size < der.size(); ++size) {
      ASSERT_EQ(error_of(der.substr(0, size)), UpdateError::key_unreadable) << name << ' ' << size;
    }
  }
}

TEST(PublicKeyFromPem, FindsTheFirstPublicKeyAndReadsNoPrivateOne) {
  const OpensslProgram openssl;
  openssl.make_key("first", "-algorithm ED25519");
  openssl.make_rsa("second", 2048);
  const std::string first = openssl.read("first.pub.pem");
  const std::string second = openssl.read("second.pub.pem");
  const auto read = [](const std::string& pem) { return posix::public_key_from_pem(pem); };
  EXPECT_EQ(read("a comment\n" + first + second).value().id(), openssl.key("first").id());
  EXPECT_EQ(read(second + first).value().type(), KeyType::rsa);
  EXPECT_EQ(read(openssl.read("first.pem")).error(), UpdateError::key_unreadable);
  EXPECT_EQ(read("").error(), UpdateError::key_unreadable);
  EXPECT_EQ(read("no key").error(), UpdateError::key_unreadable);
  EXPECT_EQ(read(first.substr(0, first.size() / 2)).error(), UpdateError::key_unreadable);
  openssl.run("rsa -in second.pem -RSAPublicKey_out -out old.pub.pem");
  EXPECT_EQ(openssl.key("old").id(), openssl.key("second").id());
}

TEST(PublicKeyFromPem, DoesNotAskForAPassphrase) {
  const OpensslProgram openssl;
  openssl.run("genpkey -quiet -algorithm ED25519 -aes256 -pass pass:secret -out k.pem");
  EXPECT_EQ(posix::public_key_from_pem(openssl.read("k.pem")).error(), UpdateError::key_unreadable);
}

}  // namespace
}  // namespace airlift::crypto
