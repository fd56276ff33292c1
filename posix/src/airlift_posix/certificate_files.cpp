#include "airlift_posix/certificate_files.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "airlift_posix/interfaces.hpp"
#include "airlift_posix/replace_file.hpp"
#include "airlift_posix/self_signed.hpp"
#include "airlift_posix/tls_channel.hpp"

namespace airlift::posix {
namespace {

/// Of TLS 1.2, for browsers and tools of the last ten years; all of TLS 1.3 are good.
constexpr const char* suites{"ECDHE+AESGCM:ECDHE+CHACHA20"};

// OpenSSL asks the terminal for a passphrase where no callback is given.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

std::string path_in(const std::string& directory, std::string_view name) {
  return std::filesystem::path{directory} / name;
}

std::string fingerprint_of(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size{0};
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  constexpr std::string_view digits{"0123456789ABCDEF"};
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    if (i > 0) text += ':';
    text += digits[digest[i] >> 4U];
    text += digits[digest[i] & 0xFU];
  }
  return text;
}

bool keys_differ() {
  const unsigned long error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_X509 && ERR_GET_REASON(error) == X509_R_KEY_VALUES_MISMATCH;
}

}  // namespace

void CertificateFiles::Free::operator()(SSL_CTX* context) const {
  SSL_CTX_free(context);
}

CertificateFiles::CertificateFiles(Places places, port::Log& log) : places_{std::move(places)}, log_{log} {}

CertificateFiles::~CertificateFiles() = default;

Status CertificateFiles::open(std::string_view certificate, std::string_view key, std::string_view name) {
  context_.reset();
  fingerprint_.clear();
  if (certificate.empty() && key.empty()) return use_own(name);
  const std::string key_path = path_in(places_.given_directory, key.empty() ? certificate : key);
  if (certificate.empty()) return refuse(key_path, "a key without its certificate");
  return use(path_in(places_.given_directory, certificate), key_path);
}

Status CertificateFiles::use(const std::string& certificate, const std::string& key) {
  for (const std::string& path : {certificate, key}) {
    if (::access(path.c_str(), R_OK) != 0) return refuse(path, std::strerror(errno));
  }
  TlsContext context = make_tls_context(TLS1_2_VERSION, TLS1_3_VERSION, suites);
  if (!context) return UpdateError::tls_failed;
  ERR_clear_error();
  SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1) {
    return refuse(certificate, "no certificate (PEM) is in it");
  }
  const X509* const shown = SSL_CTX_get0_certificate(context.get());
  if (X509_cmp_current_time(X509_get0_notAfter(shown)) <= 0) {
    return refuse(certificate, "the certificate has expired");
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return refuse(key, keys_differ() ? "the key is not that of the certificate"
                                     : "no private key (PEM, without a passphrase) is in it");
  }
  fingerprint_ = fingerprint_of(shown);
  context_.reset(context.release());
  return {};
}

Status CertificateFiles::use_own(std::string_view name) {
  const std::string certificate = path_in(places_.own_directory, "web-certificate.pem");
  const std::string key = path_in(places_.own_directory, "web-key.pem");
  if (exists(certificate) && exists(key) && use(certificate, key).ok()) return {};
  const Status made = make_own(certificate, key, name);
  return made.ok() ? use(certificate, key) : made;
}

Status CertificateFiles::make_own(const std::string& certificate, const std::string& key,
                                  std::string_view name) {
  std::vector<port::IpAddress> addresses;
  for (const InterfaceAddress& own : reachable_addresses(places_.bind_address)) {
    addresses.push_back(own.address);
  }
  const auto made = make_self_signed(name, addresses);
  if (!made) return UpdateError::no_entropy;
  for (const auto& [path, text] :
       {std::pair{&key, &made->key}, std::pair{&certificate, &made->certificate}}) {
    if (!replace_file(*path, *text)) return refuse(*path, std::strerror(errno), UpdateError::storage_failed);
  }
  log_.write(port::LogLevel::info, "tls", "made a certificate: " + certificate);
  return {};
}

Status CertificateFiles::refuse(const std::string& path, std::string_view reason, UpdateError error) {
  ERR_clear_error();
  log_.write(port::LogLevel::error, "tls", path + ": " + std::string{reason});
  return error;
}

}  // namespace airlift::posix
