#pragma once
// Images with Airlift's trailer, signed by OpenSSL with keys made for the test. Link OpenSSL::Crypto.

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "airlift/image/manifest.hpp"
#include "airlift/image/trailer.hpp"

namespace airlift::testing {

/// An Ed25519 key. The seed makes it, so that runs repeat.
class TestKey {
 public:
  explicit TestKey(std::uint8_t seed) {
    std::array<std::uint8_t, 32> secret{};
    secret.fill(seed);
    key_.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.data(), secret.size()));
    unsigned char* der{nullptr};
    const int size = i2d_PUBKEY(key_.get(), &der);
    public_key_ = crypto::PublicKey::from_der({der, static_cast<std::size_t>(size)}).value();
    OPENSSL_free(der);
  }

  [[nodiscard]] const crypto::PublicKey& public_key() const { return public_key_; }
  [[nodiscard]] const crypto::KeyId& id() const { return public_key_.id(); }

  [[nodiscard]] std::string sign(Bytes message) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    std::string signature(crypto::ed25519_signature_bytes, '\0');
    std::size_t size = signature.size();
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       message.data(), message.size()) != 1) {
      std::abort();
    }
    return signature;
  }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_{nullptr, EVP_PKEY_free};
  crypto::PublicKey public_key_;
};

/// The manifest of an image that is sent as it is.
[[nodiscard]] inline image::Manifest manifest_of(std::string_view image, std::string_view version = "1.0.0") {
  image::Manifest manifest;
  manifest.payload_bytes = manifest.image_bytes = static_cast<std::uint32_t>(image.size());
  manifest.payload_sha256 = manifest.image_sha256 = crypto::sha256(as_bytes(image));
  manifest.version = image::ManifestText{version};
  return manifest;
}

[[nodiscard]] inline std::string trailer_for(const image::Manifest& manifest, const TestKey& key) {
  std::array<std::uint8_t, image::longest_manifest_bytes> bytes{};
  const std::size_t size = image::encode_manifest(manifest, bytes);
  const Bytes encoded = Bytes{bytes}.first(size);
  return std::string{as_text(encoded)} + key.sign(encoded) +
         std::string{as_text(image::encode_footer(key.id(), size, manifest.image_bytes))};
}

/// `payload` with its trailer.
[[nodiscard]] inline std::string signed_file(std::string_view payload, const image::Manifest& manifest,
                                             const TestKey& key) {
  return std::string{payload} + trailer_for(manifest, key);
}

}  // namespace airlift::testing
