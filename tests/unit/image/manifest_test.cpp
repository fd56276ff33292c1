#include "airlift/image/manifest.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "airlift/base/endian.hpp"
#include "unit/image/files.hpp"

namespace airlift::image {
namespace {

crypto::KeyId key_id(std::uint8_t first) {
  return {first, 2, 3, 4, 5, 6, 7, 8};
}

/// As much of everything as there can be.
Manifest largest() {
  Manifest manifest = manifest_of("payload");
  manifest.kind = Kind::filesystem;
  manifest.compression = Compression::gzip;
  manifest.image_bytes = 0xFFFFFFFF;
  manifest.image_sha256.fill(9);
  manifest.security_counter = 0xFEDCBA98;
  manifest.build_time_s = 0xFEDCBA9876543210;
  manifest.bundle_id = 0x0123456789ABCDEF;
  manifest.version = ManifestText{std::string(31, '~')};
  manifest.minimum_version = ManifestText{std::string(31, ' ')};
  for (std::size_t i = 0; i < most_boards; ++i)
    manifest.board_ids[i] = ManifestText{std::string(30, 'b') + std::to_string(i)};
  manifest.board_count = most_boards;
  for (std::uint8_t i = 0; i < most_retired_keys; ++i) manifest.retired_key_ids[i] = key_id(i);
  manifest.retired_count = most_retired_keys;
  return manifest;
}

UpdateError error_of(std::string_view bytes) {
  return decode_manifest(as_bytes(bytes)).error();
}

TEST(Manifest, LiesAsTheTableSays) {
  const std::string bytes = encoded(largest());
  const auto* at = as_bytes(bytes).data();
  EXPECT_EQ(bytes.substr(0, 4), "ALMF");
  EXPECT_EQ(at[4], 1);
  EXPECT_EQ(at[5], 1);
  EXPECT_EQ(at[6], 1);
  EXPECT_EQ(at[7], 8);
  EXPECT_EQ(load_le32(at + 8), 7U);
  EXPECT_EQ(load_le32(at + 12), 0xFFFFFFFF);
  EXPECT_EQ(bytes.substr(16, 32), as_text(crypto::sha256(as_bytes("payload"))));
  EXPECT_EQ(bytes.substr(48, 32), std::string(32, 9));
  EXPECT_EQ(load_le32(at + 80), 0xFEDCBA98);
  EXPECT_EQ(load_le64(at + 84), 0xFEDCBA9876543210);
  EXPECT_EQ(load_le64(at + 92), 0x0123456789ABCDEFU);
  EXPECT_EQ(bytes.substr(100, 32), '\x1F' + std::string(31, '~'));
  EXPECT_EQ(bytes.substr(132, 32), '\x1F' + std::string(31, ' '));
  EXPECT_EQ(bytes.substr(164, 32), '\x1F' + std::string(30, 'b') + '0');
  EXPECT_EQ(bytes.substr(388, 32), '\x1F' + std::string(30, 'b') + '7');
  EXPECT_EQ(at[420], 4);
  EXPECT_EQ(bytes.substr(421, 8), as_text(key_id(0)));
  EXPECT_EQ(bytes.substr(445), as_text(key_id(3)));
  EXPECT_EQ(bytes.size(), 453U);
  EXPECT_LE(bytes.size(), longest_manifest_bytes);
}

TEST(Manifest, SurvivesTheWay) {
  Manifest smallest = manifest_of("x");
  smallest.version = std::string_view{"1"};
  smallest.minimum_version.clear();
  smallest.board_count = 0;
  EXPECT_EQ(encoded(smallest).size(), 104U);
  for (const Manifest& manifest : {smallest, manifest_of("payload"), largest()}) {
    const std::string bytes = encoded(manifest);
    const Result<Manifest> decoded = decode_manifest(as_bytes(bytes));
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(decoded.value().kind, manifest.kind);
    EXPECT_EQ(decoded.value().compression, manifest.compression);
    EXPECT_EQ(decoded.value().payload_bytes, manifest.payload_bytes);
    EXPECT_EQ(decoded.value().image_bytes, manifest.image_bytes);
    EXPECT_EQ(decoded.value().payload_sha256, manifest.payload_sha256);
    EXPECT_EQ(decoded.value().image_sha256, manifest.image_sha256);
    EXPECT_EQ(decoded.value().security_counter, manifest.security_counter);
    EXPECT_EQ(decoded.value().build_time_s, manifest.build_time_s);
    EXPECT_EQ(decoded.value().bundle_id, manifest.bundle_id);
    EXPECT_EQ(decoded.value().version.view(), manifest.version.view());
    EXPECT_EQ(decoded.value().minimum_version.view(), manifest.minimum_version.view());
    ASSERT_EQ(decoded.value().boards().size(), manifest.boards().size());
    for (std::size_t i = 0; i < manifest.board_count; ++i) {
      EXPECT_EQ(decoded.value().board_ids[i].view(), manifest.board_ids[i].view());
    }
    EXPECT_EQ(decoded.value().retired_count, manifest.retired_count);
    EXPECT_EQ(decoded.value().retired_key_ids, manifest.retired_key_ids);
    EXPECT_EQ(encoded(decoded.value()), bytes);
  }
}

struct Mistake {
  const char* name;
  std::function<void(Manifest&)> make;
};

class BrokenRule : public ::testing::TestWithParam<Mistake> {};

TEST_P(BrokenRule, IsNotEncoded) {
  Manifest manifest = largest();
  GetParam().make(manifest);
  EXPECT_EQ(encoded(manifest), "");
}

INSTANTIATE_TEST_SUITE_P(
    Manifest, BrokenRule,
    ::testing::Values(
        Mistake{"no_version", [](Manifest& m) { m.version.clear(); }},
        Mistake{"long_version", [](Manifest& m) { m.version = ManifestText{std::string(32, 'v')}; }},
        Mistake{"line_end_in_version", [](Manifest& m) { m.version = std::string_view{"1\n"}; }},
        Mistake{"high_byte_in_minimum", [](Manifest& m) { m.minimum_version = std::string_view{"1\x80"}; }},
        Mistake{"delete_in_board", [](Manifest& m) { m.board_ids[7] = std::string_view{"c\x7F"}; }},
        Mistake{"empty_board", [](Manifest& m) { m.board_ids[0].clear(); }},
        Mistake{"long_board", [](Manifest& m) { m.board_ids[7] = ManifestText{std::string(32, 'c')}; }},
        Mistake{"same_board_twice", [](Manifest& m) { m.board_ids[1] = m.board_ids[0]; }},
        Mistake{"boards_out_of_order", [](Manifest& m) { m.board_ids[7] = std::string_view{"a"}; }},
        Mistake{"too_many_boards", [](Manifest& m) { m.board_count = 9; }},
        Mistake{"same_key_twice", [](Manifest& m) { m.retired_key_ids[1] = m.retired_key_ids[0]; }},
        Mistake{"keys_out_of_order", [](Manifest& m) { m.retired_key_ids[3] = m.retired_key_ids[0]; }},
        Mistake{"too_many_keys", [](Manifest& m) { m.retired_count = 5; }},
        Mistake{"no_payload", [](Manifest& m) { m.payload_bytes = 0; }},
        Mistake{"no_image", [](Manifest& m) { m.image_bytes = 0; }},
        Mistake{"other_size_uncompressed",
                [](Manifest& m) {
                  m.compression = Compression::none;
                  m.image_sha256 = m.payload_sha256;
                }},
        Mistake{"other_digest_uncompressed",
                [](Manifest& m) {
                  m.compression = Compression::none;
                  m.image_bytes = m.payload_bytes;
                }}),
    [](const auto& mistake) { return mistake.param.name; });

TEST(Manifest, RefusesUnknownValues) {
  const std::string good = encoded(largest());
  ASSERT_EQ(error_of(good), UpdateError::none);
  struct Change {
    std::size_t at;
    char value;
  };
  for (const auto& [at, value] :
       {Change{0, 'B'}, Change{3, 'f'}, Change{4, 0}, Change{4, 2}, Change{5, 2}, Change{6, 2}, Change{7, 7},
        Change{7, 9}, Change{7, '\xFF'}, Change{100, 0}, Change{100, 30}, Change{100, 32}, Change{132, 32},
        Change{164, 0}, Change{164, 32}, Change{420, 3}, Change{420, 5}, Change{101, 0x1F},
        Change{101, 0x7F}}) {
    std::string bad = good;
    bad[at] = value;
    EXPECT_EQ(error_of(bad), UpdateError::manifest_damaged) << at;
  }
}

TEST(Manifest, RefusesEveryOtherSize) {
  for (const Manifest& manifest : {manifest_of("payload"), largest()}) {
    const std::string good = encoded(manifest);
    for (std::size_t size = 0; size < good.size(); ++size) {
      // A buffer of its own, so that a sanitizer sees one read too many.
      const std::vector<std::uint8_t> cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
      ASSERT_EQ(decode_manifest({cut.data(), cut.size()}).error(), UpdateError::manifest_damaged) << size;
    }
    EXPECT_EQ(error_of(good + '\0'), UpdateError::manifest_damaged);
    EXPECT_EQ(error_of(good + std::string(1000, '\0')), UpdateError::manifest_damaged);
  }
}

TEST(Manifest, HasOneEncodingForEachContent) {
  const std::string good = encoded(largest());
  int taken{0};
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = good;
      changed[at] = static_cast<char>(changed[at] ^ 1 << bit);
      const Result<Manifest> manifest = decode_manifest(as_bytes(changed));
      if (!manifest.ok()) continue;
      ++taken;
      EXPECT_EQ(encoded(manifest.value()), changed) << at << ' ' << bit;
    }
  }
  EXPECT_GT(taken, 800) << "digests, numbers and texts may have most values";
}

}  // namespace
}  // namespace airlift::image
