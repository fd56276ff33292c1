#pragma once
// Keys in PEM files. Private keys: PKCS#8, and the older forms OpenSSL reads; public keys: "PUBLIC KEY".

#include <string>
#include <vector>

#include "airlift/crypto/signature.hpp"
#include "openssl_ptr.hpp"
#include "passphrase.hpp"

namespace airlift::cli {

enum class NewKeyType : std::uint8_t { ed25519, rsa2048, rsa3072, rsa4096, p256, p384 };

using Signature = std::vector<std::uint8_t>;

/// All throw CommandError.
class PrivateKey {
 public:
  [[nodiscard]] static PrivateKey generate(NewKeyType type);
  /// Asks `passphrase` when the key has one. Warns when other users may read the file.
  [[nodiscard]] static PrivateKey load(const std::string& path, const PassphraseSource& passphrase);

  [[nodiscard]] const crypto::PublicKey& public_key() const { return public_key_; }
  /// PKCS#8, encrypted when `passphrase` is not empty.
  [[nodiscard]] Secret to_pem(const Secret& passphrase) const;
  [[nodiscard]] std::string public_pem() const;

  /// The key is Ed25519.
  [[nodiscard]] Signature sign_ed25519(Bytes message) const;
  /// The key is RSA.
  [[nodiscard]] Signature sign_rsa_pkcs1_sha256(const crypto::Sha256Digest& digest) const;
  /// RSASSA-PSS with the longest salt (as bin_signing.py of the ESP32 core has it) or ECDSA, as the key is.
  [[nodiscard]] Signature sign_esp32(crypto::DigestKind kind, Bytes digest) const;

 private:
  PrivateKey(PkeyPtr key, const std::string& name);

  PkeyPtr key_;
  crypto::PublicKey public_key_;
};

/// Throws CommandError.
[[nodiscard]] crypto::PublicKey load_public_key(const std::string& path);

/// 16 hex digits.
[[nodiscard]] std::string to_text(const crypto::KeyId& id);
/// "Ed25519", "RSA-3072", "ECDSA P-256"
[[nodiscard]] std::string describe_type(const crypto::PublicKey& key);

}  // namespace airlift::cli
