#include "key_file.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "airlift_posix/pem.hpp"
#include "command_failure.hpp"
#include "hex_text.hpp"
#include "terminal.hpp"

namespace airlift::cli {
namespace {

CommandError key_error(std::string message, std::string_view advice = {}) {
  ERR_clear_error();
  return make_error(UpdateError::key_unreadable, Subject::key, std::move(message), advice);
}

void require(bool worked, std::string_view what) {
  if (!worked) throw key_error(fmt::format("OpenSSL cannot {}", what), "Is this system's OpenSSL complete?");
}

BioPtr open_to_read(const std::string& path) {
  errno = 0;
  BioPtr file{BIO_new_file(path.c_str(), "r")};
  if (!file) throw key_error(fmt::format("{}: {}", path, std::strerror(errno)));
  return file;
}

std::string text_of(BIO* memory) {
  char* data{nullptr};
  const long size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

crypto::PublicKey public_half(EVP_PKEY* key, const std::string& name) {
  unsigned char* der{nullptr};
  const int size = i2d_PUBKEY(key, &der);
  require(size > 0, "write the public key");
  const auto read = crypto::PublicKey::from_der({der, static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  if (!read.ok()) {
    throw key_error(
        fmt::format("{}: a key that no device takes", name),
        "Use Ed25519, RSA of 2048 to 4096 bits, or EC on P-256 or P-384; airlift keygen makes them.");
  }
  return read.value();
}

/// What OpenSSL's callback for passphrases needs and leaves.
struct Asking {
  const PassphraseSource& source;
  bool asked{false};
  std::optional<CommandError> error;  ///< exceptions must not pass through OpenSSL
};

int give_passphrase(char* buffer, int room, int /*writing*/, void* context) try {
  auto& asking = *static_cast<Asking*>(context);
  asking.asked = true;
  const Secret secret = asking.source();
  const std::string& text = secret.text();
  if (text.size() > static_cast<std::size_t>(room)) return -1;
  text.copy(buffer, text.size());
  return static_cast<int>(text.size());
} catch (const CommandError& error) {
  static_cast<Asking*>(context)->error = error;
  return -1;
}

void warn_when_shared(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 || (info.st_mode & (S_IRGRP | S_IROTH)) == 0) return;
  print_warning(fmt::format("other users of this computer can read {}: chmod 600 it", path));
}

EVP_PKEY* new_rsa(std::size_t bits) {
  return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits);
}

EVP_PKEY* new_key(NewKeyType type) {
  switch (type) {
    case NewKeyType::ed25519:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    case NewKeyType::rsa2048:
      return new_rsa(2048);
    case NewKeyType::rsa3072:
      return new_rsa(3072);
    case NewKeyType::rsa4096:
      return new_rsa(4096);
    case NewKeyType::p256:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    case NewKeyType::p384:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384");
  }
  return nullptr;
}

using Pkcs8Ptr = std::unique_ptr<PKCS8_PRIV_KEY_INFO, OpensslDeleter<PKCS8_PRIV_KEY_INFO_free>>;
using EncryptedPtr = std::unique_ptr<X509_SIG, OpensslDeleter<X509_SIG_free>>;

/// PBES2 with AES-256 and PBKDF2-HMAC-SHA256. OpenSSL's usual 2048 rounds let a stolen file be tried hundreds
/// of thousands of times a second.
EncryptedPtr encrypt(EVP_PKEY* key, const std::string& passphrase) {
  constexpr int rounds{600'000};  // OWASP Password Storage Cheat Sheet, 2023
  const Pkcs8Ptr plain{EVP_PKEY2PKCS8(key)};
  X509_ALGOR* algorithm =
      PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), rounds, nullptr, 0, nullptr, NID_hmacWithSHA256);
  require(plain && algorithm != nullptr, "prepare the encryption of the key");
  EncryptedPtr encrypted{
      PKCS8_set0_pbe(passphrase.data(), static_cast<int>(passphrase.size()), plain.get(), algorithm)};
  require(encrypted != nullptr, "encrypt the key");
  return encrypted;
}

const EVP_MD* digest_of(crypto::DigestKind kind) {
  switch (kind) {
    case crypto::DigestKind::sha256:
      return EVP_sha256();
    case crypto::DigestKind::sha384:
      return EVP_sha384();
    case crypto::DigestKind::sha512:
      return EVP_sha512();
  }
  return nullptr;
}

PkeyContextPtr signing_context(EVP_PKEY* key, crypto::DigestKind kind) {
  PkeyContextPtr context{EVP_PKEY_CTX_new(key, nullptr)};
  require(context && EVP_PKEY_sign_init(context.get()) == 1 &&
              EVP_PKEY_CTX_set_signature_md(context.get(), digest_of(kind)) == 1,
          "prepare the signature");
  return context;
}

Signature sign_digest(EVP_PKEY_CTX* context, Bytes digest) {
  std::size_t size{0};
  require(EVP_PKEY_sign(context, nullptr, &size, digest.data(), digest.size()) == 1, "sign");
  Signature signature(size);
  require(EVP_PKEY_sign(context, signature.data(), &size, digest.data(), digest.size()) == 1, "sign");
  signature.resize(size);
  return signature;
}

}  // namespace

PrivateKey::PrivateKey(PkeyPtr key, const std::string& name)
    : key_{std::move(key)}, public_key_{public_half(key_.get(), name)} {}

PrivateKey PrivateKey::generate(NewKeyType type) {
  PkeyPtr key{new_key(type)};
  require(key != nullptr, "make a key of this type");
  return {std::move(key), "the new key"};
}

PrivateKey PrivateKey::load(const std::string& path, const PassphraseSource& passphrase) {
  const BioPtr file = open_to_read(path);
  Asking asking{passphrase, false, {}};
  PkeyPtr key{PEM_read_bio_PrivateKey(file.get(), nullptr, give_passphrase, &asking)};
  if (asking.error) throw CommandError{*asking.error};
  if (!key && asking.asked) {
    throw key_error(fmt::format("{} does not open with this passphrase", path),
                    "Check the passphrase: --passphrase-file, AIRLIFT_PASSPHRASE, or what was typed.");
  }
  if (!key) {
    throw key_error(fmt::format("{}: no private key in PEM form", path),
                    "Give the file airlift keygen or openssl genpkey made, not the public key beside it.");
  }
  warn_when_shared(path);
  return {std::move(key), path};
}

Secret PrivateKey::to_pem(const Secret& passphrase) const {
  const BioPtr memory{BIO_new(BIO_s_secmem())};
  require(memory != nullptr, "get memory");
  if (passphrase.text().empty()) {
    require(
        PEM_write_bio_PKCS8PrivateKey(memory.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
        "write the key");
  } else {
    require(PEM_write_bio_PKCS8(memory.get(), encrypt(key_.get(), passphrase.text()).get()) == 1,
            "write the key");
  }
  return Secret{text_of(memory.get())};
}

std::string PrivateKey::public_pem() const {
  const BioPtr memory{BIO_new(BIO_s_mem())};
  require(memory && PEM_write_bio_PUBKEY(memory.get(), key_.get()) == 1, "write the public key");
  return text_of(memory.get());
}

Signature PrivateKey::sign_ed25519(Bytes message) const {
  const std::unique_ptr<EVP_MD_CTX, OpensslDeleter<EVP_MD_CTX_free>> context{EVP_MD_CTX_new()};
  Signature signature(crypto::ed25519_signature_bytes);
  std::size_t size{signature.size()};
  require(context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
              EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1,
          "sign");
  return signature;
}

Signature PrivateKey::sign_rsa_pkcs1_sha256(const crypto::Sha256Digest& digest) const {
  const PkeyContextPtr context = signing_context(key_.get(), crypto::DigestKind::sha256);
  require(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1, "prepare the signature");
  return sign_digest(context.get(), digest);
}

Signature PrivateKey::sign_esp32(crypto::DigestKind kind, Bytes digest) const {
  const PkeyContextPtr context = signing_context(key_.get(), kind);
  if (public_key_.type() == crypto::KeyType::rsa) {
    require(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) == 1 &&
                EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_MAX) == 1,
            "prepare the signature");
  }
  return sign_digest(context.get(), digest);
}

crypto::PublicKey load_public_key(const std::string& path) {
  constexpr std::size_t longest_pem{16384};
  std::string pem(longest_pem, '\0');
  const int size = BIO_read(open_to_read(path).get(), pem.data(), static_cast<int>(pem.size()));
  pem.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  const auto key = posix::public_key_from_pem(pem);
  if (key.ok()) return key.value();
  throw key_error(fmt::format("{}: no public key that a device takes", path),
                  "Give the .pub.pem file airlift keygen made, or what openssl pkey -pubout writes: Ed25519, "
                  "RSA of 2048 to 4096 bits, or EC on P-256 or P-384.");
}

std::string to_text(const crypto::KeyId& id) {
  return hex(id);
}

std::string describe_type(const crypto::PublicKey& key) {
  switch (key.type()) {
    case crypto::KeyType::ed25519:
      return "Ed25519";
    case crypto::KeyType::rsa:
      return fmt::format("RSA-{}", key.bits());
    case crypto::KeyType::ecdsa:
      return fmt::format("ECDSA P-{}", key.bits());
  }
  return {};
}

}  // namespace airlift::cli
