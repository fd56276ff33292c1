#include "airlift/image/esp_trailer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "airlift/base/endian.hpp"
#include "unit/image/files.hpp"

namespace airlift::image {
namespace {

using testing::OpensslProgram;
using Format = Trailer::Format;

struct Found {
  UpdateError error{UpdateError::none};
  Format format{Format::none};
  std::size_t size_bytes{0};
  bool operator==(const Found&) const = default;
};

Found find(std::string_view file, const std::vector<crypto::KeyView>& keys = {}) {
  const std::vector<std::uint8_t> tail = tail_of(file);
  const Result<Trailer> trailer =
      find_trailer({tail.data(), tail.size()}, file.size(), {keys.data(), keys.size()});
  if (!trailer.ok()) return {trailer.error()};
  return {UpdateError::none, trailer.value().format, trailer.value().size_bytes};
}

const Found nothing{};
const Found damaged{UpdateError::manifest_damaged};

Found found(Format format, std::size_t size) {
  return {UpdateError::none, format, size};
}

const std::string payload(2000, 'p');
const crypto::KeyId key_id{1, 2, 3, 4, 5, 6, 7, 8};

std::string airlift_trailer() {
  return trailer_of(encoded(manifest_of(payload)), std::string(64, 's'), key_id, 2000);
}

TEST(Footer, LiesAsTheTableSays) {
  const auto footer = encode_footer(key_id, 0x0123, 0xFEDCBA98);
  const std::string_view text = as_text(footer);
  EXPECT_EQ(footer.size(), 24U);
  EXPECT_EQ(text.substr(0, 8), as_text(key_id));
  EXPECT_EQ(load_le16(footer.data() + 8), 0x0123);
  EXPECT_EQ(footer[10], 1);
  EXPECT_EQ(footer[11], 1);
  EXPECT_EQ(text.substr(12, 8), "AirliftM");
  EXPECT_EQ(load_le32(footer.data() + 20), 0xFEDCBA98);
}

// The ESP8266 core's boot loader unpacks as many bytes as the last four of a gzip file say.
TEST(Footer, EndsAsTheGzipFileBeforeItDoes) {
  const OpensslProgram shell;
  shell.folder().write("image", std::string(5000, 'i'));
  shell.shell("gzip -k image");
  const std::string gzip = shell.read("image.gz");
  Manifest manifest = manifest_of(gzip);
  manifest.compression = Compression::gzip;
  manifest.image_bytes = 5000;
  const std::string file = gzip + trailer_of(encoded(manifest), std::string(64, 's'), key_id, 5000);
  EXPECT_EQ(file.substr(file.size() - 4), gzip.substr(gzip.size() - 4));
}

TEST(FindTrailer, GivesThePartsOfAirlifts) {
  const std::string manifest = encoded(manifest_of(payload));
  const std::string file = payload + airlift_trailer();
  const Result<Trailer> trailer = find_trailer(as_bytes(file), file.size(), Span<const crypto::KeyView>{});
  ASSERT_TRUE(trailer.ok());
  EXPECT_EQ(trailer.value().format, Format::airlift);
  EXPECT_EQ(trailer.value().size_bytes, manifest.size() + 64 + 24);
  EXPECT_EQ(as_text(trailer.value().manifest), manifest);
  EXPECT_EQ(as_text(trailer.value().signature), std::string(64, 's'));
  EXPECT_EQ(trailer.value().key_id, key_id);
}

TEST(FindTrailer, SaysWhenAFooterIsNotRight) {
  const std::string trailer = airlift_trailer();
  const std::string good = payload + trailer;
  ASSERT_EQ(find(good), found(Format::airlift, trailer.size()));
  struct Change {
    std::size_t back;  ///< from the end
    char value;
  };
  for (const auto& [back, value] : {Change{14, 2}, Change{14, 0}, Change{13, 0}, Change{13, 2}, Change{16, 0},
                                    Change{15, 1}, Change{15, '\xFF'}, Change{4, 1}, Change{1, 1}}) {
    std::string bad = good;
    bad[bad.size() - back] = value;
    EXPECT_EQ(find(bad), damaged) << back;
  }
  for (std::size_t back = 5; back <= 12; ++back) {
    std::string other = good;
    other[other.size() - back] = '?';
    EXPECT_EQ(find(other), nothing) << "no magic: part of the payload";
  }
}

TEST(FindTrailer, LeavesAPayload) {
  const std::string trailer = airlift_trailer();
  EXPECT_EQ(find("p" + trailer), found(Format::airlift, trailer.size()));
  for (std::size_t cut = 0; cut + 24 <= trailer.size(); ++cut) EXPECT_EQ(find(trailer.substr(cut)), damaged);
  for (std::size_t size = 0; size < 24; ++size)
    EXPECT_EQ(find(trailer.substr(trailer.size() - size)), nothing);
}

class FindEspTrailer : public ::testing::Test {
 protected:
  FindEspTrailer() {
    openssl_.make_rsa("rsa", 2048);
    openssl_.make_rsa("rsa3072", 3072);
    openssl_.make_ec("ec", "P-256");
    openssl_.make_key("ed", "-algorithm ED25519");
    rsa = openssl_.key("rsa");
    rsa3072 = openssl_.key("rsa3072");
    ec = openssl_.key("ec");
    ed = openssl_.key("ed");
  }
  OpensslProgram openssl_;
  crypto::PublicKey rsa, rsa3072, ec, ed;
};

TEST_F(FindEspTrailer, FindsEsp8266sWhereAKeyOfThatSizeIsConfigured) {
  const std::string file = esp8266_file(payload, std::string(256, 's'));
  EXPECT_EQ(find(file, {rsa}), found(Format::esp8266, 260));
  EXPECT_EQ(find(file, {ed, ec, rsa3072, rsa}), found(Format::esp8266, 260));
  EXPECT_EQ(find(file), nothing);
  EXPECT_EQ(find(file, {ed, ec, rsa3072}), nothing);
  EXPECT_EQ(find(esp8266_file(payload, std::string(384, 's')), {rsa3072}), found(Format::esp8266, 388));
  EXPECT_EQ(find(esp8266_file("", std::string(256, 's')), {rsa}), nothing) << "no payload";
  EXPECT_EQ(find(esp8266_file("p", std::string(256, 's')), {rsa}), found(Format::esp8266, 260));
  for (const std::uint32_t size : {0U, 1U, 255U, 257U, 260U, 1024U, 0x10000100U, 0xFFFFFFFFU}) {
    EXPECT_EQ(esp8266_signature_bytes(as_bytes(payload + little_endian(size)), 2004), 0U) << size;
  }
  EXPECT_EQ(esp8266_signature_bytes(as_bytes(file), file.size()), 256U);
  EXPECT_EQ(esp8266_signature_bytes({}, 0), 0U);
}

TEST_F(FindEspTrailer, FindsEsp32sWhereAConfiguredKeyCouldHaveMadeIt) {
  const std::string rsa_file = esp32_file(payload, std::string(256, 's'));
  EXPECT_EQ(find(rsa_file, {rsa}), found(Format::esp32, 512));
  EXPECT_EQ(find(rsa_file, {rsa3072}), found(Format::esp32, 512)) << "the end of a longer one may be zero";
  EXPECT_EQ(find(rsa_file, {ec, ed}), nothing);
  EXPECT_EQ(find(rsa_file), nothing);
  const std::string ec_file = esp32_file(payload, "\x30\x46" + std::string(70, 's'));
  EXPECT_EQ(find(ec_file, {ec}), found(Format::esp32, 512));
  EXPECT_EQ(find(ec_file, {ed}), nothing);
  EXPECT_EQ(find(payload, {rsa, ec}), nothing) << "unsigned";
  EXPECT_EQ(find(rsa_file.substr(2000), {rsa}), nothing) << "no payload";
  EXPECT_EQ(find(rsa_file.substr(1999), {rsa}), found(Format::esp32, 512));
}

TEST_F(FindEspTrailer, LooksAtEveryByteOfThePadding) {
  const std::string good = "\x30\x46" + std::string(70, 's') + std::string(440, '\0');
  EXPECT_EQ(esp32_signature(as_bytes(good), ec).size(), 72U);
  for (std::size_t at = 72; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = 1;
    EXPECT_TRUE(esp32_signature(as_bytes(bad), ec).empty()) << at;
  }
  EXPECT_TRUE(esp32_signature(as_bytes("\x31" + good.substr(1)), ec).empty()) << "no sequence";
  EXPECT_TRUE(esp32_signature(as_bytes("\x30\x81" + good.substr(2)), ec).empty()) << "a long length";
  EXPECT_TRUE(esp32_signature(as_bytes(good), ed).empty());
  EXPECT_TRUE(esp32_signature(as_bytes(good.substr(1)), ec).empty());
  EXPECT_TRUE(esp32_signature({}, ec).empty());
  EXPECT_TRUE(esp32_signature(as_bytes(std::string(512, '\0')), ec).empty());
}

TEST_F(FindEspTrailer, PrefersAirliftsThenEsp8266s) {
  openssl_.make_rsa("rsa4096", 4096);
  const crypto::PublicKey rsa4096 = openssl_.key("rsa4096");
  const std::string any_bytes = payload + std::string(512, 's');
  EXPECT_EQ(find(any_bytes, {rsa4096}), found(Format::esp32, 512)) << "it has no padding to look at";
  EXPECT_EQ(find(any_bytes + little_endian(512), {rsa4096}), found(Format::esp8266, 516));
  EXPECT_EQ(find(any_bytes + little_endian(256), {rsa4096}), found(Format::esp32, 512))
      << "no key of that size";
  EXPECT_EQ(find(any_bytes + little_endian(256), {rsa4096, rsa}), found(Format::esp8266, 260));
  const std::string trailer = airlift_trailer();
  EXPECT_EQ(find(payload + trailer, {rsa, ec, ed}), found(Format::airlift, trailer.size()));
}

TEST(FindTrailer, TakesFilesOfAnySize) {
  for (std::size_t size = 0; size <= longest_trailer_bytes + 1; ++size) {
    EXPECT_EQ(find(std::string(size, '\0')), nothing);
  }
}

}  // namespace
}  // namespace airlift::image
