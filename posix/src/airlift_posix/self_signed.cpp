#include "airlift_posix/self_signed.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

#include "airlift_posix/address.hpp"

namespace airlift::posix {
namespace {

using Certificate = std::unique_ptr<X509, decltype([](X509* it) { X509_free(it); })>;
using Key = std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* it) { EVP_PKEY_free(it); })>;
using Number = std::unique_ptr<BIGNUM, decltype([](BIGNUM* it) { BN_free(it); })>;
using Extension =
    std::unique_ptr<X509_EXTENSION, decltype([](X509_EXTENSION* it) { X509_EXTENSION_free(it); })>;
using Bio = std::unique_ptr<BIO, decltype([](BIO* it) { BIO_free(it); })>;

constexpr int serial_bits{127};
constexpr int valid_days{3653};

std::string subject_names(const std::string& name, const std::vector<port::IpAddress>& addresses) {
  std::string names = "DNS:" + name + ",DNS:" + name + ".local";
  for (const port::IpAddress& address : addresses) names += ",IP:" + to_text(address);
  return names;
}

bool set_serial(X509* certificate) {
  const Number serial{BN_new()};
  return serial && BN_rand(serial.get(), serial_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_subject(X509* certificate, const std::string& name) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(name.data()),
                                    static_cast<int>(name.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1;
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension{X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())};
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_period(X509* certificate) {
  return X509_gmtime_adj(X509_getm_notBefore(certificate), 0) != nullptr &&
         X509_time_adj_ex(X509_getm_notAfter(certificate), valid_days, 0, nullptr) != nullptr;
}

std::string text_in(BIO* bio) {
  char* data{nullptr};
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

Certificate make_certificate(EVP_PKEY* key, const std::string& name,
                             const std::vector<port::IpAddress>& addresses) {
  Certificate certificate{X509_new()};
  X509* const made = certificate.get();
  constexpr long version_3{2};  // counted from 0, RFC 5280 4.1.2.1
  const bool good = made != nullptr && X509_set_version(made, version_3) == 1 && set_serial(made) &&
                    set_period(made) && set_subject(made, name) && X509_set_pubkey(made, key) == 1 &&
                    add_extension(made, NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(made, NID_key_usage, "critical,digitalSignature") &&
                    add_extension(made, NID_ext_key_usage, "serverAuth") &&
                    add_extension(made, NID_subject_alt_name, subject_names(name, addresses)) &&
                    X509_sign(made, key, EVP_sha256()) != 0;
  return good ? std::move(certificate) : nullptr;
}

}  // namespace

std::optional<CertificateText> make_self_signed(std::string_view name,
                                                const std::vector<port::IpAddress>& addresses) {
  const Key key{EVP_EC_gen("P-256")};
  const Certificate certificate = key ? make_certificate(key.get(), std::string{name}, addresses) : nullptr;
  ERR_clear_error();
  if (!certificate) return std::nullopt;
  const Bio certificate_text{BIO_new(BIO_s_mem())};
  const Bio key_text{BIO_new(BIO_s_secmem())};
  if (PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return std::nullopt;
  }
  return CertificateText{text_in(certificate_text.get()), text_in(key_text.get())};
}

}  // namespace airlift::posix
