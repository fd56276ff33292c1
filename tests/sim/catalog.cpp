#include "catalog.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <zlib.h>

#include <algorithm>
#include <stdexcept>

namespace airlift::sim {
namespace {

constexpr int gzip_window_bits{9};

struct Recipe {
  std::string_view name;
  image::Kind kind;
  Signer signer;
  std::uint32_t counter;
  std::uint64_t bundle_id;
  FileId partner;
};

constexpr image::Kind firmware{image::Kind::firmware};
constexpr image::Kind filesystem{image::Kind::filesystem};

// In the order of FileId.
constexpr std::array<Recipe, files> recipes{{
    {"factory firmware", firmware, Signer::first, 1, 0, FileId::none},
    {"factory filesystem", filesystem, Signer::first, 1, 0, FileId::none},
    {"firmware 2", firmware, Signer::second, 1, 0, FileId::none},
    {"firmware 3", firmware, Signer::first, 1, 0, FileId::none},
    {"bundle's firmware", firmware, Signer::second, 2, 7, FileId::bundle_filesystem},
    {"bundle's filesystem", filesystem, Signer::second, 1, 7, FileId::bundle_firmware},
    {"bad bundle's firmware", firmware, Signer::second, 2, 8, FileId::bad_bundle_filesystem},
    {"bad bundle's filesystem", filesystem, Signer::second, 2, 8, FileId::bad_bundle_firmware},
    {"retiring firmware", firmware, Signer::second, 3, 0, FileId::none},
    {"firmware of the retired key", firmware, Signer::first, 9, 0, FileId::none},
    {"firmware below the floor", firmware, Signer::second, 2, 0, FileId::none},
    {"tampered firmware", firmware, Signer::second, 9, 0, FileId::none},
    {"half a bundle's filesystem", filesystem, Signer::first, 1, 9, FileId::half_firmware},
    {"half a bundle's firmware", firmware, Signer::second, 4, 9, FileId::half_filesystem},
    {"gzip firmware", firmware, Signer::second, 3, 0, FileId::none},
    {"filesystem 2", filesystem, Signer::second, 3, 0, FileId::none},
    {"last firmware", firmware, Signer::second, 9, 0, FileId::none},
    {"last filesystem", filesystem, Signer::second, 9, 0, FileId::none},
}};

void demand(bool worked, const char* what) {
  if (!worked) throw std::runtime_error{what};
}

class Key {
 public:
  explicit Key(std::uint8_t seed) {
    const std::array<std::uint8_t, 32> secret{seed};
    key_.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.data(), secret.size()));
    demand(key_ != nullptr, "OpenSSL makes no Ed25519 key");
  }

  [[nodiscard]] crypto::PublicKey public_key() const {
    unsigned char* der{nullptr};
    const int size = i2d_PUBKEY(key_.get(), &der);
    demand(size > 0, "OpenSSL does not encode a key");
    const auto key = crypto::PublicKey::from_der({der, static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    demand(key.ok(), "core does not read an Ed25519 key");
    return key.value();
  }

  [[nodiscard]] std::array<std::uint8_t, crypto::ed25519_signature_bytes> sign(Bytes message) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    std::array<std::uint8_t, crypto::ed25519_signature_bytes> signature{};
    std::size_t size = signature.size();
    demand(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
               EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1,
           "OpenSSL does not sign");
    return signature;
  }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_{nullptr, EVP_PKEY_free};
};

std::vector<std::uint8_t> gzip(const std::vector<std::uint8_t>& image) {
  z_stream stream{};
  demand(deflateInit2(&stream, 9, Z_DEFLATED, 16 + gzip_window_bits, 1, Z_DEFAULT_STRATEGY) == Z_OK,
         "zlib does not start");
  std::vector<std::uint8_t> packed(deflateBound(&stream, image.size()) + 64);
  std::vector<std::uint8_t> input = image;
  stream.next_in = input.data();
  stream.avail_in = static_cast<unsigned>(input.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<unsigned>(packed.size());
  demand(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib does not pack");
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// Bytes that differ from place to place, compressible like programs.
std::vector<std::uint8_t> content(std::size_t size_bytes, std::uint64_t seed) {
  Random random{seed};
  std::vector<std::uint8_t> image(size_bytes);
  for (std::uint8_t& byte : image) byte = static_cast<std::uint8_t>(random.below(200));
  return image;
}

image::Manifest manifest_of(const File& file, Bytes payload, const crypto::KeyId& first_key) {
  image::Manifest manifest;
  manifest.kind = file.kind;
  manifest.compression = file.compression;
  manifest.payload_bytes = static_cast<std::uint32_t>(payload.size());
  manifest.image_bytes = static_cast<std::uint32_t>(file.image.size());
  manifest.payload_sha256 = crypto::sha256(payload);
  manifest.image_sha256 = crypto::sha256({file.image.data(), file.image.size()});
  manifest.security_counter = file.counter;
  manifest.bundle_id = file.bundle_id;
  manifest.version = image::ManifestText{"1." + std::to_string(file.counter)};
  if (file.retires_first) {
    manifest.retired_key_ids[0] = first_key;
    manifest.retired_count = 1;
  }
  return manifest;
}

void append(std::vector<std::uint8_t>& to, Bytes bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

void sign(File& file, const Key& key, const crypto::KeyId& first_key) {
  std::array<std::uint8_t, image::longest_manifest_bytes> manifest{};
  const Bytes payload{file.upload.data(), file.upload.size()};
  const std::size_t size = encode_manifest(manifest_of(file, payload, first_key), manifest);
  demand(size > 0, "core does not encode a manifest");
  auto signature = key.sign(Bytes{manifest}.first(size));
  if (file.tampered) signature[20] ^= 0x04;
  const auto image_bytes = static_cast<std::uint32_t>(file.image.size());
  append(file.upload, Bytes{manifest}.first(size));
  append(file.upload, signature);
  append(file.upload, image::encode_footer(key.public_key().id(), size, image_bytes));
}

}  // namespace

Catalog::Catalog(const Geometry& geometry) {
  const Key first{1};
  const Key second{2};
  demand(keys_.add(first.public_key()) && keys_.add(second.public_key()), "too many keys");
  first_key_ = first.public_key().id();
  for (std::size_t i = 0; i < recipes.size(); ++i) {
    const Recipe& recipe = recipes[i];
    const auto id = static_cast<FileId>(i);
    File file;
    file.name = recipe.name;
    file.kind = recipe.kind;
    file.signer = recipe.signer;
    file.tampered = id == FileId::tampered_firmware;
    file.retires_first = id == FileId::retiring_firmware;
    file.counter = recipe.counter;
    file.bundle_id = recipe.bundle_id;
    file.partner = recipe.partner;
    const std::uint32_t size = file.kind == firmware ? geometry.firmware_bytes : geometry.filesystem_bytes;
    file.image = content(size - 13 * i, i);
    file.upload = file.image;
    if (id == FileId::gzip_firmware) {
      file.compression = image::Compression::gzip;
      file.upload = gzip(file.image);
    }
    file.payload_bytes = file.upload.size();
    sign(file, file.signer == Signer::first ? first : second, first_key_);
    files_.push_back(std::move(file));
  }
}

FileId Catalog::find(image::Kind kind, Bytes image) const {
  for (std::size_t i = 0; i < files_.size(); ++i) {
    const File& file = files_[i];
    if (file.kind == kind && std::equal(image.begin(), image.end(), file.image.begin(), file.image.end())) {
      return static_cast<FileId>(i);
    }
  }
  return FileId::none;
}

}  // namespace airlift::sim
