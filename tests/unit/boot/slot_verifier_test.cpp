#include "airlift/boot/slot_verifier.hpp"

#include <gtest/gtest.h>

#include "support/signing.hpp"
#include "support/slots.hpp"

namespace airlift::boot {
namespace {

using image::Kind;
using testing::manifest_of;
using testing::signed_file;
using testing::Storage;
using testing::test_image;
using testing::TestKey;

const TestKey trusted{1};
const TestKey stranger{2};
const std::string old_image = test_image(900, 1);
const std::string new_image = test_image(1500, 2);

/// A device that looks at signatures only when it starts.
struct VerifiedBoot : ::testing::Test {
  VerifiedBoot() {
    EXPECT_TRUE(keys.add(trusted.public_key()));
    storage.updater.set_policy({image::SignatureMode::off, nullptr, crypto::DigestKind::sha256, "bench"});
    EXPECT_EQ(storage.install(signed_file(old_image, manifest_of(old_image), trusted)), UpdateError::none);
  }

  [[nodiscard]] image::Policy policy() const {
    return {image::SignatureMode::required, &keys, crypto::DigestKind::sha256, "bench"};
  }

  Result<BootPlan> boot() {
    TrailerVerifier verifier{policy()};
    return prepare_boot(storage.store, default_attempts, storage.block, &verifier);
  }

  /// What starts when `file` has been uploaded.
  SlotId started_with(const std::string& file) {
    EXPECT_EQ(storage.upload(file), UpdateError::none);
    const Result<BootPlan> plan = boot();
    return plan.ok() ? plan.value().firmware : SlotId::none;
  }

  image::KeyRing keys;
  Storage storage;
};

TEST_F(VerifiedBoot, StartsWhatATrustedKeyHasSigned) {
  EXPECT_EQ(started_with(signed_file(new_image, manifest_of(new_image), trusted)), SlotId::b);
}

TEST_F(VerifiedBoot, TriesNothingElse) {
  EXPECT_EQ(started_with(new_image), SlotId::a) << "no trailer";
  EXPECT_EQ(storage.store.record().of(Kind::firmware).at(SlotId::b).reason, UpdateError::signature_missing);
  EXPECT_EQ(started_with(signed_file(new_image, manifest_of(new_image), stranger)), SlotId::a) << "other key";
}

TEST_F(VerifiedBoot, TriesNothingOfAnotherBoard) {
  image::Manifest manifest = manifest_of(new_image);
  manifest.board_count = 1;
  manifest.board_ids[0] = std::string_view{"bench"};
  ASSERT_EQ(storage.upload(signed_file(new_image, manifest, trusted)), UpdateError::none);
  SlotHeader header;
  ASSERT_TRUE(storage.store.read_header(Kind::firmware, SlotId::b, header).ok());
  EXPECT_TRUE(TrailerVerifier{policy()}.verify(header, header.image).ok());
  image::Policy elsewhere = policy();
  elsewhere.board_id = "kitchen";
  EXPECT_EQ(TrailerVerifier{elsewhere}.verify(header, header.image).error(), UpdateError::wrong_board);
}

TEST_F(VerifiedBoot, HoldsTheManifestAgainstTheImage) {
  ASSERT_EQ(storage.upload(signed_file(new_image, manifest_of(new_image), trusted)), UpdateError::none);
  SlotHeader header;
  ASSERT_TRUE(storage.store.read_header(Kind::firmware, SlotId::b, header).ok());
  TrailerVerifier verifier{policy()};
  image::Identity other = header.image;
  other.sha256[0] ^= 1;
  EXPECT_TRUE(verifier.verify(header, header.image).ok());
  EXPECT_EQ(verifier.verify(header, other).error(), UpdateError::manifest_mismatch);
  other = header.image;
  --other.size_bytes;
  EXPECT_FALSE(verifier.verify(header, other).ok());
}

TEST_F(VerifiedBoot, KnowsACompressedImageByItsManifest) {
  const std::string packed = test_image(700, 3);  // as good as gzip here: only its digest is looked at
  image::Manifest manifest = manifest_of(new_image);
  manifest.compression = image::Compression::gzip;
  manifest.payload_bytes = static_cast<std::uint32_t>(packed.size());
  manifest.payload_sha256 = crypto::sha256(as_bytes(packed));
  SlotHeader header;
  header.image = {manifest.image_bytes, manifest.image_sha256};
  const std::string trailer = testing::trailer_for(manifest, trusted);
  header.trailer_bytes = trailer.size();
  std::copy(trailer.begin(), trailer.end(), header.trailer.begin());
  TrailerVerifier verifier{policy()};
  EXPECT_TRUE(verifier.verify(header, header.image).ok());
  header.trailer[20] ^= 1;
  EXPECT_FALSE(verifier.verify(header, header.image).ok());
}

TEST_F(VerifiedBoot, StartsNothingWithoutAKey) {
  keys.clear();
  EXPECT_EQ(boot().value().firmware, SlotId::none);
}

TEST_F(VerifiedBoot, AdoptsOnlyWhatIsSignedWhenTheRecordIsLost) {
  ASSERT_EQ(storage.upload(new_image), UpdateError::none);
  const Area record = storage.store.map().record;
  std::fill_n(storage.flash.memory.begin() + record.address, record.size_bytes, std::uint8_t{0xA5});
  const BootPlan plan = boot().value();
  EXPECT_TRUE(plan.recovered);
  EXPECT_EQ(plan.firmware, SlotId::a);
}

}  // namespace
}  // namespace airlift::boot
