#include "airlift/image/policy.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "unit/image/files.hpp"

namespace airlift::image {
namespace {

using testing::OpensslProgram;

const std::string payload(1500, 'p');

class Judging : public ::testing::Test {
 protected:
  Judging() {
    openssl.make_key("mine", "-algorithm ED25519");
    openssl.make_key("second", "-algorithm ED25519");
    openssl.make_key("stranger", "-algorithm ED25519");
    device.trust(openssl.key("mine"));
    device.trust(openssl.key("second"));
  }

  std::string signed_file(const Manifest& manifest, const std::string& key = "mine") const {
    return airlift_file(openssl, key, payload, manifest);
  }
  std::string good_file() const { return signed_file(manifest_of(payload)); }

  /// What the device says, now and before the transfer, when signatures are required, and when they are off.
  void expect_refused(const std::string& file, UpdateError required, UpdateError off) {
    device.policy.mode = SignatureMode::required;
    EXPECT_EQ(device.error(file), required);
    EXPECT_EQ(device.early_error(file), required);
    device.policy.mode = SignatureMode::off;
    EXPECT_EQ(device.error(file), off);
    EXPECT_EQ(device.early_error(file), off);
  }
  void expect_refused(const std::string& file, UpdateError error) { expect_refused(file, error, error); }

  OpensslProgram openssl;
  Device device;
};

TEST_F(Judging, ApprovesWhatATrustedKeySigned) {
  for (const char* key : {"mine", "second"}) {
    const std::string file = signed_file(manifest_of(payload), key);
    EXPECT_TRUE(device.take_early(file).ok());
    const Result<Approved> approved = device.take(file);
    ASSERT_TRUE(approved.ok());
    EXPECT_EQ(approved.value().format, Trailer::Format::airlift);
    EXPECT_EQ(approved.value().payload_bytes, payload.size());
    EXPECT_EQ(approved.value().trailer_bytes, file.size() - payload.size());
    EXPECT_TRUE(approved.value().verified);
    EXPECT_EQ(approved.value().key_id, openssl.key(key).id());
    ASSERT_TRUE(approved.value().manifest.has_value());
    EXPECT_EQ(approved.value().manifest->version.view(), "2.1.0");
    EXPECT_EQ(approved.value().verified_counter(), 5U);
  }
}

TEST_F(Judging, OffStripsAndTrustsNothing) {
  device.policy.mode = SignatureMode::off;
  for (const char* key : {"mine", "stranger"}) {
    const Result<Approved> approved = device.take(signed_file(manifest_of(payload), key));
    ASSERT_TRUE(approved.ok());
    EXPECT_EQ(approved.value().payload_bytes, payload.size());
    EXPECT_FALSE(approved.value().verified);
    EXPECT_EQ(approved.value().key_id, crypto::KeyId{});
    EXPECT_TRUE(approved.value().manifest.has_value());
    EXPECT_EQ(approved.value().verified_counter(), 0U) << "nothing that could raise the floor";
  }
  const Result<Approved> plain = device.take(payload);
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain.value().format, Trailer::Format::none);
  EXPECT_EQ(plain.value().payload_bytes, payload.size());
  EXPECT_EQ(plain.value().trailer_bytes, 0U);
  EXPECT_FALSE(plain.value().manifest.has_value());
}

TEST_F(Judging, OffNeedsNoKeyRing) {
  device.policy = {};
  device.policy.board_id = "linux";
  EXPECT_TRUE(device.take(good_file()).ok());
  EXPECT_TRUE(device.take(payload).ok());
  EXPECT_TRUE(device.take_early(payload).ok());
}

TEST_F(Judging, RequiredWithoutKeysRefusesEverything) {
  device.keys.clear();
  EXPECT_EQ(device.error(good_file()), UpdateError::no_trusted_key);
  EXPECT_EQ(device.early_error(payload), UpdateError::no_trusted_key);
  device.policy.keys = nullptr;
  EXPECT_EQ(device.error(good_file()), UpdateError::no_trusted_key);
  EXPECT_EQ(device.error(payload), UpdateError::no_trusted_key);
}

TEST_F(Judging, MissesTheSignature) {
  expect_refused(payload, UpdateError::signature_missing, UpdateError::none);
}

TEST_F(Judging, RefusesADamagedManifest) {
  std::string file = good_file();
  file[payload.size() + 4] = 2;  // the manifest's version
  expect_refused(file, UpdateError::manifest_damaged);
}

TEST_F(Judging, RefusesAnUnknownKey) {
  expect_refused(signed_file(manifest_of(payload), "stranger"), UpdateError::key_unknown, UpdateError::none);
}

TEST_F(Judging, RefusesAKeyOfAnotherTypeUnderTheSignersName) {
  openssl.make_ec("ec", "P-256");
  device.trust(openssl.key("ec"));
  const std::string bytes = encoded(manifest_of(payload));
  const std::string file =
      payload + trailer_of(bytes, openssl.sign_ed25519("mine", bytes), openssl.key("ec").id(), 1500);
  expect_refused(file, UpdateError::key_unknown, UpdateError::none);
}

TEST_F(Judging, RefusesAForeignSignatureUnderATrustedName) {
  const std::string bytes = encoded(manifest_of(payload));
  const std::string file =
      payload + trailer_of(bytes, openssl.sign_ed25519("stranger", bytes), openssl.key("mine").id(), 1500);
  expect_refused(file, UpdateError::signature_wrong, UpdateError::none);
}

TEST_F(Judging, RefusesARetiredKeyButNoOther) {
  const crypto::KeyId retired[]{openssl.key("mine").id(), openssl.key("stranger").id()};
  device.facts.retired_keys = retired;
  EXPECT_TRUE(device.take(signed_file(manifest_of(payload), "second")).ok());
  expect_refused(good_file(), UpdateError::key_retired, UpdateError::none);
}

TEST_F(Judging, AKeyCannotRetireItself) {
  Manifest manifest = manifest_of(payload);
  manifest.retired_count = 1;
  manifest.retired_key_ids[0] = openssl.key("second").id();
  EXPECT_TRUE(device.take(signed_file(manifest, "mine")).ok());
  expect_refused(signed_file(manifest, "second"), UpdateError::manifest_damaged);
}

TEST_F(Judging, RefusesAnotherBoard) {
  Manifest manifest = manifest_of(payload);
  manifest.board_ids[0] = std::string_view{"linux2"};
  expect_refused(signed_file(manifest), UpdateError::wrong_board);
  manifest.board_ids[0] = std::string_view{"Linux"};
  expect_refused(signed_file(manifest), UpdateError::wrong_board);
  manifest.board_ids[1] = std::string_view{"linux"};
  manifest.board_count = 2;
  EXPECT_TRUE(device.take(signed_file(manifest)).ok()) << "one of several";
  manifest.board_count = 0;
  EXPECT_TRUE(device.take(signed_file(manifest)).ok()) << "any";
}

TEST_F(Judging, RefusesAnotherKind) {
  const std::string file = good_file();
  EXPECT_EQ(device.error(file, Kind::filesystem), UpdateError::wrong_kind);
  EXPECT_EQ(device.early_error(file, Kind::filesystem), UpdateError::wrong_kind);
  Manifest manifest = manifest_of(payload);
  manifest.kind = Kind::filesystem;
  EXPECT_TRUE(device.take(signed_file(manifest), Kind::filesystem).ok());
  expect_refused(signed_file(manifest), UpdateError::wrong_kind);
}

TEST_F(Judging, RefusesToLeapOverAVersion) {
  const std::string file = good_file();  // wants 1.0
  for (const char* version : {"0.9", "1.0-rc", ""}) {
    device.facts.running_version = version;
    expect_refused(file, UpdateError::version_too_old);
  }
  device.facts.running_version = "1.0";
  EXPECT_TRUE(device.take(file).ok());
  device.facts.running_version = "";
  Manifest manifest = manifest_of(payload);
  manifest.minimum_version.clear();
  EXPECT_TRUE(device.take(signed_file(manifest)).ok());
}

TEST_F(Judging, AFirstImageUpdatesFromNothing) {
  device.facts.has_active = false;
  device.facts.running_version = "";
  EXPECT_TRUE(device.take(good_file()).ok());
}

TEST_F(Judging, HoldsTheSecurityFloor) {
  device.facts.security_floor = 5;
  EXPECT_TRUE(device.take(good_file()).ok());
  device.facts.security_floor = 6;
  expect_refused(good_file(), UpdateError::counter_too_low);
  expect_refused(payload, UpdateError::signature_missing, UpdateError::counter_too_low);
  device.facts.security_floor = 1;
  EXPECT_EQ(device.error(payload), UpdateError::counter_too_low) << "no manifest: counter 0";
}

TEST_F(Judging, RefusesWhatDoesNotFit) {
  device.facts.slot_bytes = 1500;
  EXPECT_TRUE(device.take(good_file()).ok());
  device.facts.slot_bytes = 1499;
  expect_refused(good_file(), UpdateError::no_space);
  EXPECT_EQ(device.error(payload), UpdateError::no_space);
  EXPECT_TRUE(device.take_early(payload).ok()) << "may be gzip of a smaller image, or of a larger one";
}

TEST_F(Judging, RefusesAPayloadThatIsNotTheManifests) {
  std::string file = good_file();
  file[700] ^= 1;
  for (const SignatureMode mode : {SignatureMode::required, SignatureMode::off}) {
    device.policy.mode = mode;
    EXPECT_EQ(device.error(file), UpdateError::manifest_mismatch);
    EXPECT_TRUE(device.take_early(file).ok()) << "the payload is yet to come";
  }
  expect_refused(good_file().substr(1), UpdateError::manifest_mismatch);
  expect_refused('p' + good_file(), UpdateError::manifest_mismatch);
}

TEST_F(Judging, ComparesAllOfThePayloadsFacts) {
  const std::string file = good_file();
  const Result<Trailer> trailer = find_trailer(as_bytes(file), file.size(), device.policy);
  ASSERT_TRUE(trailer.ok());
  PayloadFacts facts;
  facts.payload_bytes = facts.image_bytes = 1500;
  facts.payload_sha256 = facts.image_sha256 = crypto::sha256(as_bytes(payload));
  const auto error_after = [&](const std::function<void(PayloadFacts&)>& change) {
    PayloadFacts changed = facts;
    change(changed);
    return judge(device.policy, device.facts, Kind::firmware, changed, trailer.value()).error();
  };
  const auto mismatch = UpdateError::manifest_mismatch;
  EXPECT_EQ(error_after([](PayloadFacts&) {}), UpdateError::none);
  EXPECT_EQ(error_after([](PayloadFacts& f) { f.compression = Compression::gzip; }), mismatch);
  EXPECT_EQ(error_after([](PayloadFacts& f) { ++f.payload_bytes; }), mismatch);
  EXPECT_EQ(error_after([](PayloadFacts& f) { ++f.image_bytes; }), mismatch);
  EXPECT_EQ(error_after([](PayloadFacts& f) { ++f.payload_sha256[31]; }), mismatch);
  EXPECT_EQ(error_after([](PayloadFacts& f) { ++f.image_sha256[31]; }), mismatch);
}

// Several things are wrong; each one that is mended uncovers the next of the table.
TEST_F(Judging, TellsTheFirstReasonOfTheTable) {
  device.keys.clear();
  device.facts.security_floor = 9;
  device.facts.running_version = "0.1";
  device.facts.slot_bytes = 10;
  Manifest manifest = manifest_of("another payload");
  manifest.board_ids[0] = std::string_view{"other"};
  manifest.kind = Kind::filesystem;
  const auto error = [&] { return device.error(signed_file(manifest)); };

  EXPECT_EQ(error(), UpdateError::no_trusted_key);
  device.trust(openssl.key("second"));
  EXPECT_EQ(error(), UpdateError::key_unknown);
  device.trust(openssl.key("mine"));
  const crypto::KeyId retired[]{openssl.key("mine").id()};
  device.facts.retired_keys = retired;
  EXPECT_EQ(error(), UpdateError::key_retired);
  device.facts.retired_keys = {};
  EXPECT_EQ(error(), UpdateError::wrong_board);
  manifest.board_count = 0;
  EXPECT_EQ(error(), UpdateError::wrong_kind);
  manifest.kind = Kind::firmware;
  EXPECT_EQ(error(), UpdateError::version_too_old);
  device.facts.running_version = "1.5";
  EXPECT_EQ(error(), UpdateError::counter_too_low);
  manifest.security_counter = 9;
  EXPECT_EQ(error(), UpdateError::no_space);
  device.facts.slot_bytes = 15;
  EXPECT_EQ(error(), UpdateError::manifest_mismatch);
  device.facts.slot_bytes = 1500;
  manifest.payload_bytes = manifest.image_bytes = 1500;
  EXPECT_EQ(error(), UpdateError::manifest_mismatch);
  manifest = manifest_of(payload);
  manifest.security_counter = 9;
  EXPECT_EQ(error(), UpdateError::none);
}

}  // namespace
}  // namespace airlift::image
