// Manifests and signatures through the whole pipe; each single check is tested in image/.

#include <gtest/gtest.h>

#include "support/openssl_program.hpp"
#include "support/signing.hpp"
#include "support/slots.hpp"

namespace airlift::update {
namespace {

using image::Kind;
using testing::manifest_of;
using testing::signed_file;
using testing::Storage;
using testing::test_image;
using testing::TestKey;

const TestKey key{1};
const TestKey second_key{2};
const TestKey stranger{3};

struct Signed : ::testing::Test {
  Signed() {
    EXPECT_TRUE(ring.add(key.public_key()));
    EXPECT_TRUE(ring.add(second_key.public_key()));
    storage.updater.set_policy(
        {image::SignatureMode::required, &ring, crypto::DigestKind::sha256, "board-1"});
  }

  image::KeyRing ring;
  Storage storage;
};

TEST_F(Signed, AnImageIsStoredWithoutItsTrailerAndItsManifestIsKept) {
  for (const std::size_t size : {1U, 300U, 1000U, 1024U, 3000U, testing::test_firmware_bytes}) {
    const std::string image = test_image(size);
    image::Manifest manifest = manifest_of(image, "2.1");
    manifest.security_counter = 4;
    Storage fresh;
    fresh.updater.set_policy({image::SignatureMode::required, &ring, crypto::DigestKind::sha256, "board-1"});
    ASSERT_EQ(fresh.install(signed_file(image, manifest, key)), UpdateError::none) << size;
    EXPECT_EQ(fresh.active_image(), image);
    const boot::SlotInfo& info = fresh.store.record().of(Kind::firmware).at(boot::SlotId::a);
    EXPECT_EQ(info.version.view(), "2.1");
    EXPECT_EQ(info.security_counter, 4U);
    boot::SlotHeader header;
    ASSERT_TRUE(fresh.store.read_header(Kind::firmware, boot::SlotId::a, header).ok());
    EXPECT_TRUE(header.verified);
    EXPECT_EQ(as_text(Bytes{header.trailer}.first(header.trailer_bytes)), trailer_for(manifest, key));
  }
}

TEST_F(Signed, WhatIsNotSignedByATrustedKeyIsRefusedAndTheOldImageStays) {
  const std::string old_image = test_image(600, 1);
  ASSERT_EQ(storage.install(signed_file(old_image, manifest_of(old_image), key)), UpdateError::none);
  const std::string image = test_image(900, 2);
  const std::string good = signed_file(image, manifest_of(image), key);
  EXPECT_EQ(storage.upload(image), UpdateError::signature_missing);
  EXPECT_EQ(storage.upload(signed_file(image, manifest_of(image), stranger)), UpdateError::key_unknown);
  std::string changed = good;
  changed[5] = static_cast<char>(changed[5] ^ 1);
  EXPECT_EQ(storage.upload(changed), UpdateError::manifest_mismatch);
  EXPECT_EQ(storage.active_image(), old_image);
  EXPECT_FALSE(storage.store.record().has_candidate());
  EXPECT_EQ(storage.upload(good), UpdateError::none);
}

TEST_F(Signed, AnEsp32TrailerIsOverTheDigestThatThePolicySaysWhereThereIsMemoryForIt) {
  constexpr std::array<std::pair<crypto::DigestKind, const char*>, 3> digests{
      {{crypto::DigestKind::sha256, "-sha256"},
       {crypto::DigestKind::sha384, "-sha384"},
       {crypto::DigestKind::sha512, "-sha512"}}};
  const testing::OpensslProgram openssl;
  openssl.make_ec("mine", "P-256");
  ASSERT_TRUE(ring.add(openssl.key("mine")));
  for (const auto& [kind, option] : digests) {
    const std::string image = test_image(900);
    std::string file = image + openssl.sign("mine", option, image);
    file.resize(image.size() + 512, '\0');
    const image::Policy policy{image::SignatureMode::required, &ring, kind, "board-1"};
    storage.updater.set_policy(policy);
    EXPECT_EQ(storage.upload(file), UpdateError::none) << option;
    std::string changed = file;
    changed[5] = static_cast<char>(changed[5] ^ 1);
    EXPECT_EQ(storage.upload(changed), UpdateError::signature_wrong) << option;
    Storage small;
    Updater updater{small.store, small.history, {small.block}};
    updater.set_policy(policy);
    ASSERT_TRUE(updater.begin(testing::announcement_of(file)).ok());
    testing::feed(updater, file);
    const bool needs_memory = kind != crypto::DigestKind::sha256;
    EXPECT_EQ(updater.error(), needs_memory ? UpdateError::signature_wrong : UpdateError::none) << option;
  }
}

TEST_F(Signed, AnAnnouncedTrailerIsJudgedBeforeAnythingIsWritten) {
  const std::string image = test_image(900);
  ASSERT_EQ(storage.install(signed_file(image, manifest_of(image, "1.4"), key)), UpdateError::none);
  const std::size_t changes = storage.flash.changes();
  const auto begin = [&](const image::Manifest& manifest, const TestKey& signer) {
    const std::string trailer = trailer_for(manifest, signer);
    Announcement announcement = testing::announcement_of(image + trailer);
    announcement.trailer = as_bytes(trailer);
    return storage.updater.begin(announcement).error();
  };
  image::Manifest other_board = manifest_of(image);
  other_board.board_count = 1;
  other_board.board_ids[0] = image::ManifestText{"board-2"};
  EXPECT_EQ(begin(other_board, key), UpdateError::wrong_board);
  EXPECT_EQ(begin(manifest_of(image), stranger), UpdateError::key_unknown);
  image::Manifest files = manifest_of(image);
  files.kind = Kind::filesystem;
  EXPECT_EQ(begin(files, key), UpdateError::wrong_kind);
  image::Manifest newer_only = manifest_of(image);
  newer_only.minimum_version = image::ManifestText{"1.5"};
  EXPECT_EQ(begin(newer_only, key), UpdateError::version_too_old);
  EXPECT_EQ(storage.flash.changes(), changes);
  EXPECT_EQ(begin(manifest_of(image), key), UpdateError::none);
}

TEST_F(Signed, TheCounterOfAConfirmedImageIsTheFloor) {
  const auto upload_with = [&](std::uint32_t counter, unsigned seed) {
    const std::string image = test_image(700, seed);
    image::Manifest manifest = manifest_of(image);
    manifest.security_counter = counter;
    return storage.upload(signed_file(image, manifest, key));
  };
  ASSERT_EQ(upload_with(5, 1), UpdateError::none);
  ASSERT_TRUE(storage.boot().ok());
  EXPECT_EQ(storage.store.record().security_floor, 0U);
  ASSERT_TRUE(storage.store.confirm().ok());
  EXPECT_EQ(upload_with(4, 2), UpdateError::counter_too_low);
  EXPECT_EQ(upload_with(5, 3), UpdateError::none);
  EXPECT_EQ(upload_with(9, 4), UpdateError::none);
  ASSERT_TRUE(storage.boot(1).ok());
  ASSERT_TRUE(storage.boot(1).ok());  // rolled back
  EXPECT_EQ(storage.store.record().security_floor, 5U) << "only what is confirmed counts";
}

TEST_F(Signed, AKeyIsRetiredByAnotherOneOnceTheImageIsConfirmed) {
  const std::string image = test_image(700, 1);
  image::Manifest manifest = manifest_of(image);
  manifest.retired_count = 1;
  manifest.retired_key_ids[0] = key.id();
  ASSERT_EQ(storage.upload(signed_file(image, manifest, second_key)), UpdateError::none);
  ASSERT_TRUE(storage.boot().ok());
  EXPECT_FALSE(storage.store.record().retired.contains(key.id()));
  ASSERT_TRUE(storage.store.confirm().ok());
  EXPECT_TRUE(storage.store.record().retired.contains(key.id()));
  const std::string next = test_image(700, 2);
  EXPECT_EQ(storage.upload(signed_file(next, manifest_of(next), key)), UpdateError::key_retired);
  EXPECT_EQ(storage.upload(signed_file(next, manifest_of(next), second_key)), UpdateError::none);
}

TEST_F(Signed, AKeyDoesNotRetireItself) {
  const std::string image = test_image(700, 1);
  image::Manifest manifest = manifest_of(image);
  manifest.retired_count = 1;
  manifest.retired_key_ids[0] = key.id();
  EXPECT_EQ(storage.upload(signed_file(image, manifest, key)), UpdateError::manifest_damaged);
}

TEST_F(Signed, TheListOfRetiredKeysHasAnEnd) {
  const auto retire_two = [&](std::uint8_t first) {
    const std::string image = test_image(700, first);
    image::Manifest manifest = manifest_of(image);
    manifest.retired_count = 2;
    manifest.retired_key_ids[0][0] = first;
    manifest.retired_key_ids[1][0] = static_cast<std::uint8_t>(first + 1);
    return storage.install(signed_file(image, manifest, key));
  };
  for (std::uint8_t first = 2; first < 18; first = static_cast<std::uint8_t>(first + 2)) {
    ASSERT_EQ(retire_two(first), UpdateError::none);
  }
  EXPECT_EQ(storage.store.record().retired.count, 16U);
  EXPECT_EQ(retire_two(100), UpdateError::no_space);
  EXPECT_EQ(retire_two(2), UpdateError::none) << "known ones need no room";
}

TEST_F(Signed, WithSignaturesOffTheManifestStillGuardsAgainstMistakesButRaisesNothing) {
  storage.updater.set_policy({image::SignatureMode::off, nullptr, crypto::DigestKind::sha256, "board-1"});
  const std::string image = test_image(700, 1);
  image::Manifest manifest = manifest_of(image);
  manifest.security_counter = 9;
  manifest.retired_count = 1;
  manifest.retired_key_ids[0] = key.id();
  ASSERT_EQ(storage.install(signed_file(image, manifest, stranger)), UpdateError::none);
  EXPECT_EQ(storage.active_image(), image);
  EXPECT_EQ(storage.store.record().security_floor, 0U);
  EXPECT_EQ(storage.store.record().retired.count, 0U);
  image::Manifest other_board = manifest_of(image);
  other_board.board_count = 1;
  other_board.board_ids[0] = image::ManifestText{"board-2"};
  EXPECT_EQ(storage.upload(signed_file(image, other_board, key)), UpdateError::wrong_board);
}

TEST_F(Signed, ABundleIsTriedWhenBothOfItsImagesAreThere) {
  const std::string firmware = test_image(900, 1);
  const std::string files = test_image(400, 2);
  image::Manifest of_firmware = manifest_of(firmware);
  of_firmware.bundle_id = 7;
  image::Manifest of_files = manifest_of(files);
  of_files.kind = Kind::filesystem;
  of_files.bundle_id = 7;
  ASSERT_EQ(storage.upload(signed_file(firmware, of_firmware, key)), UpdateError::none);
  EXPECT_FALSE(storage.updater.starts_next());
  ASSERT_EQ(storage.upload(signed_file(files, of_files, key), Kind::filesystem), UpdateError::none);
  EXPECT_TRUE(storage.updater.starts_next());
  ASSERT_TRUE(storage.boot().ok());
  ASSERT_TRUE(storage.store.confirm().ok());
  EXPECT_EQ(storage.active_image(), firmware);
  EXPECT_EQ(storage.active_image(Kind::filesystem), files);
}

}  // namespace
}  // namespace airlift::update
