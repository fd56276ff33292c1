// Whole files, signed by the openssl program as the Arduino cores' tools and airlift do, judged as the
// updater does.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/image/files.hpp"

namespace airlift::image {
namespace {

using testing::OpensslProgram;

std::string some_payload(std::size_t size) {
  std::string payload{'\xE9'};
  while (payload.size() < size) payload += static_cast<char>(payload.size() * 31 + payload.size() / 256);
  return payload;
}

const std::string payload{some_payload(3000)};

/// Changes one byte after the other and calls `check` with its place and the changed file.
template <typename Check>
void for_each_changed_byte(const std::string& file, Check check) {
  for (std::size_t at = 0; at < file.size(); ++at) {
    std::string changed = file;
    changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
    check(at, changed);
  }
}

TEST(AirliftFile, IsRefusedWithAnyByteChanged) {
  const OpensslProgram openssl;
  openssl.make_key("mine", "-algorithm ED25519");
  Device device;
  device.trust(openssl.key("mine"));
  const std::string body = some_payload(600);
  const std::string file = airlift_file(openssl, "mine", body, manifest_of(body));
  ASSERT_TRUE(device.take(file).ok());
  const std::size_t trailer_bytes = file.size() - body.size();
  for_each_changed_byte(file, [&](std::size_t at, const std::string& changed) {
    const UpdateError error = device.error(changed);
    const std::size_t back = file.size() - at;
    if (at < body.size()) {
      EXPECT_EQ(error, UpdateError::manifest_mismatch) << at;
    } else if (at < body.size() + trailer_bytes - 88) {
      EXPECT_TRUE(error == UpdateError::signature_wrong || error == UpdateError::manifest_damaged) << at;
    } else if (back > 24) {
      EXPECT_EQ(error, UpdateError::signature_wrong) << at;
    } else if (back > 16) {
      EXPECT_EQ(error, UpdateError::key_unknown) << at;
    } else if (back > 12 || back <= 4) {
      EXPECT_EQ(error, UpdateError::manifest_damaged) << at;
    } else {
      EXPECT_EQ(error, UpdateError::signature_missing) << at;
    }
  });
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(device.take(file.substr(0, size)).ok()) << size;
    EXPECT_FALSE(device.take(file.substr(size + 1)).ok()) << size;
  }
}

TEST(AirliftFile, MayCarryGzip) {
  const OpensslProgram openssl;
  openssl.make_key("mine", "-algorithm ED25519");
  openssl.folder().write("image", payload);
  openssl.shell("gzip -9 -k image");
  const std::string gzip = openssl.read("image.gz");
  Manifest manifest = manifest_of(gzip);
  manifest.compression = Compression::gzip;
  manifest.image_bytes = static_cast<std::uint32_t>(payload.size());
  manifest.image_sha256 = crypto::sha256(as_bytes(payload));

  Device device;
  device.trust(openssl.key("mine"));
  const Result<Approved> approved = device.take(airlift_file(openssl, "mine", gzip, manifest));
  ASSERT_TRUE(approved.ok());
  EXPECT_EQ(approved.value().payload_bytes, gzip.size());
  device.facts.slot_bytes = 2999;
  EXPECT_EQ(device.early_error(airlift_file(openssl, "mine", gzip, manifest)), UpdateError::no_space);
  device.facts.slot_bytes = 3000;
  EXPECT_EQ(device.early_error(airlift_file(openssl, "mine", gzip, manifest)), UpdateError::none);
  ++manifest.image_sha256[0];
  EXPECT_EQ(device.error(airlift_file(openssl, "mine", gzip, manifest)), UpdateError::manifest_mismatch);
  EXPECT_EQ(device.error(airlift_file(openssl, "mine", payload, manifest)), UpdateError::manifest_mismatch);
  EXPECT_EQ(device.error(airlift_file(openssl, "mine", gzip, manifest_of(gzip))),
            UpdateError::manifest_mismatch)
      << "gzip that is said to be raw";
}

constexpr auto sha256 = crypto::DigestKind::sha256;
constexpr auto sha384 = crypto::DigestKind::sha384;
constexpr auto sha512 = crypto::DigestKind::sha512;
constexpr auto esp8266 = Trailer::Format::esp8266;
constexpr auto esp32 = Trailer::Format::esp32;
constexpr const char* rsa2048 = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048";
constexpr const char* p256 = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";
constexpr const char* pss = " -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:max";

/// One way of the Arduino cores' tools.
struct Way {
  Trailer::Format format;
  crypto::DigestKind digest;
  std::string options;  ///< of openssl dgst
};

const std::vector<Way> rsa_ways{{esp8266, sha256, "-sha256"},
                                {esp32, sha256, std::string{"-sha256"} + pss},
                                {esp32, sha384, std::string{"-sha384"} + pss},
                                {esp32, sha512, std::string{"-sha512"} + pss}};
const std::vector<Way> ec_ways{
    {esp32, sha256, "-sha256"}, {esp32, sha384, "-sha384"}, {esp32, sha512, "-sha512"}};

struct KeySort {
  const char* name;
  const char* options;  ///< of openssl genpkey
  const std::vector<Way>* ways;
};

class EspFile : public ::testing::TestWithParam<KeySort> {
 protected:
  EspFile() {
    openssl.make_key("mine", GetParam().options);
    openssl.make_key("ed", "-algorithm ED25519");
    device.trust(openssl.key("ed"));
    device.trust(openssl.key("mine"));
  }

  std::string signed_in(const Way& way) const {
    const std::string signature = openssl.sign("mine", way.options, payload);
    return way.format == esp8266 ? esp8266_file(payload, signature) : esp32_file(payload, signature);
  }

  void expect_approved(const std::string& file, Trailer::Format format) const {
    const Result<Approved> approved = device.take(file);
    ASSERT_TRUE(approved.ok()) << describe(approved.error()).name;
    EXPECT_EQ(approved.value().format, format);
    EXPECT_EQ(approved.value().trailer_bytes, file.size() - payload.size());
    EXPECT_EQ(approved.value().payload_bytes, payload.size());
    EXPECT_TRUE(approved.value().verified);
    EXPECT_EQ(approved.value().key_id, openssl.key("mine").id());
    EXPECT_FALSE(approved.value().manifest.has_value());
    EXPECT_EQ(approved.value().verified_counter(), 0U);
    EXPECT_TRUE(device.take(file, Kind::filesystem).ok()) << "it does not say what it is";
    EXPECT_TRUE(device.take_early(file).ok());
  }

  void expect_refused_when_changed(const std::string& file) const {
    for (std::size_t at = 0; at < file.size(); at += at < payload.size() ? 101U : 7U) {
      std::string changed = file;
      changed[at] = static_cast<char>(changed[at] ^ 0x10);
      const UpdateError error = device.error(changed);
      EXPECT_TRUE(error == UpdateError::signature_wrong ||
                  (at >= payload.size() && error == UpdateError::signature_missing))
          << at << ' ' << describe(error).name;
    }
    EXPECT_FALSE(device.take(file.substr(0, file.size() - 1)).ok());
    EXPECT_FALSE(device.take(file + '\0').ok());
    EXPECT_EQ(device.error(file.substr(1)), UpdateError::signature_wrong);
  }

  void expect_held_to_floor_keys_and_space(const std::string& file) {
    device.facts.security_floor = 1;
    EXPECT_EQ(device.error(file), UpdateError::counter_too_low);
    EXPECT_EQ(device.early_error(file), UpdateError::counter_too_low);
    device.facts.security_floor = 0;
    device.facts.slot_bytes = 2999;
    EXPECT_EQ(device.error(file), UpdateError::no_space);
    device.facts.slot_bytes = 3000;
    const crypto::KeyId retired[]{openssl.key("mine").id()};
    device.facts.retired_keys = retired;
    EXPECT_EQ(device.error(file), UpdateError::key_retired);
    device.facts.retired_keys = {};
    EXPECT_TRUE(device.take(file).ok());
    device.facts.slot_bytes = 1'000'000;
  }

  void expect_whole_when_off(const std::string& file) {
    device.policy.mode = SignatureMode::off;
    const Result<Approved> approved = device.take(file);
    ASSERT_TRUE(approved.ok());
    EXPECT_EQ(approved.value().payload_bytes, file.size());
    EXPECT_FALSE(approved.value().verified);
    device.policy.mode = SignatureMode::required;
  }

  OpensslProgram openssl;
  Device device;
};

// All in one test: the keys take long to make.
TEST_P(EspFile, IsTakenWhenRightAndOnlyThen) {
  for (const Way& way : *GetParam().ways) {
    SCOPED_TRACE(std::string{name_of(way.format)} + ' ' + way.options);
    device.policy.esp32_digest = way.digest;
    const std::string file = signed_in(way);
    expect_approved(file, way.format);
    expect_refused_when_changed(file);
    expect_held_to_floor_keys_and_space(file);
    expect_whole_when_off(file);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Keys, EspFile,
    ::testing::Values(KeySort{"rsa2048", rsa2048, &rsa_ways},
                      KeySort{"rsa3072", "-algorithm RSA -pkeyopt rsa_keygen_bits:3072", &rsa_ways},
                      KeySort{"rsa4096", "-algorithm RSA -pkeyopt rsa_keygen_bits:4096", &rsa_ways},
                      KeySort{"p256", p256, &ec_ways},
                      KeySort{"p384", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384", &ec_ways}),
    [](const auto& sort) { return sort.param.name; });

TEST(Esp32File, NeedsTheConfiguredDigest) {
  const OpensslProgram openssl;
  openssl.make_key("mine", p256);
  Device device;
  device.trust(openssl.key("mine"));
  const std::string file = esp32_file(payload, openssl.sign("mine", "-sha384", payload));
  EXPECT_EQ(device.error(file), UpdateError::signature_wrong) << "sha256";
  device.policy.esp32_digest = sha384;
  EXPECT_TRUE(device.take(file).ok());
}

TEST(EspFiles, AreTakenFromAnyOfSeveralKeys) {
  const OpensslProgram openssl;
  Device device;
  for (const char* name : {"a", "b"}) {
    openssl.make_key(std::string{"rsa-"} + name, rsa2048);
    openssl.make_key(std::string{"ec-"} + name, p256);
    device.trust(openssl.key(std::string{"rsa-"} + name));
    device.trust(openssl.key(std::string{"ec-"} + name));
  }
  for (const std::string name : {"rsa-a", "rsa-b"}) {
    EXPECT_EQ(device.take(esp8266_file(payload, openssl.sign(name, "-sha256", payload))).value().key_id,
              openssl.key(name).id());
    EXPECT_EQ(
        device.take(esp32_file(payload, openssl.sign(name, rsa_ways[1].options, payload))).value().key_id,
        openssl.key(name).id());
  }
  for (const std::string name : {"ec-a", "ec-b"}) {
    EXPECT_EQ(device.take(esp32_file(payload, openssl.sign(name, "-sha256", payload))).value().key_id,
              openssl.key(name).id());
  }
  EXPECT_EQ(device.error(payload), UpdateError::signature_missing);
}

TEST(Esp8266File, InTheLegacyFormIsRefusedByName) {
  const OpensslProgram openssl;
  openssl.make_key("mine", rsa2048);
  openssl.make_key("other", rsa2048);
  Device device;
  device.trust(openssl.key("mine"));
  device.trust(openssl.key("other"));
  const auto digest = crypto::sha256(as_bytes(payload));
  for (const char* key : {"mine", "other"}) {
    const std::string legacy = openssl.make(
        "pkeyutl -sign -inkey " + std::string{key} + ".pem -pkeyopt rsa_padding_mode:pkcs1 -in input",
        as_text(digest));
    EXPECT_EQ(device.error(esp8266_file(payload, legacy)), UpdateError::legacy_signature);
  }
}

}  // namespace
}  // namespace airlift::image
