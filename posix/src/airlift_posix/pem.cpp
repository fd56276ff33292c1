#include "airlift_posix/pem.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <climits>
#include <memory>

namespace airlift::posix {
namespace {

using Bio = std::unique_ptr<BIO, decltype([](BIO* bio) { BIO_free(bio); })>;
using Key = std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* key) { EVP_PKEY_free(key); })>;

// OpenSSL asks the terminal for a passphrase where no callback is given.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

}  // namespace

Result<crypto::PublicKey> public_key_from_pem(std::string_view pem) {
  if (pem.size() > INT_MAX) return UpdateError::key_unreadable;
  const Bio bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  const Key key{PEM_read_bio_PUBKEY(bio.get(), nullptr, no_passphrase, nullptr)};
  ERR_clear_error();
  std::array<std::uint8_t, crypto::PublicKey::longest_der_bytes> der{};
  const int size = key ? i2d_PUBKEY(key.get(), nullptr) : 0;
  if (size <= 0 || static_cast<std::size_t>(size) > der.size()) return UpdateError::key_unreadable;
  unsigned char* at = der.data();
  i2d_PUBKEY(key.get(), &at);
  return crypto::PublicKey::from_der(Bytes{der}.first(static_cast<std::size_t>(size)));
}

}  // namespace airlift::posix
