// Core's RSA and ECDSA by mbedTLS (2.28 and 3.x), which allocates: a key is looked at once per update, not
// per byte. Ed25519 it does not have: that is sodium/ed25519.cpp.

#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>

#include <algorithm>

#include "spki/spki.hpp"

namespace airlift::crypto::backend {
namespace {

using Type = KeyFacts::Type;

class Key {
 public:
  explicit Key(Bytes spki) : readable_{parse(spki)} {}
  ~Key() { mbedtls_pk_free(&key_); }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;

  [[nodiscard]] bool is(mbedtls_pk_type_t type) const {
    return readable_ && mbedtls_pk_can_do(&key_, type) != 0;
  }
  /// Whether the library would write the key in exactly these bytes.
  [[nodiscard]] bool is_written_as(Bytes spki) {
    std::array<std::uint8_t, most_rsa_bits / 8 + 64> der{};
    const int size = readable_ ? mbedtls_pk_write_pubkey_der(&key_, der.data(), der.size()) : 0;
    return size > 0 && std::equal(der.end() - size, der.end(), spki.begin(), spki.end());
  }
  [[nodiscard]] std::size_t bits() const { return mbedtls_pk_get_bitlen(&key_); }
  [[nodiscard]] mbedtls_pk_context* get() { return &key_; }

 private:
  bool parse(Bytes spki) {
    mbedtls_pk_init(&key_);
    return mbedtls_pk_parse_public_key(&key_, spki.data(), spki.size()) == 0;
  }

  mbedtls_pk_context key_{};
  bool readable_;
};

mbedtls_md_type_t type_of(DigestKind kind) {
  return kind == DigestKind::sha256   ? MBEDTLS_MD_SHA256
         : kind == DigestKind::sha384 ? MBEDTLS_MD_SHA384
                                      : MBEDTLS_MD_SHA512;
}

/// mbedTLS takes more forms of one signature than the one that DER allows (RFC 3279 2.2.3).
bool is_der_signature(Bytes signature) {
  DerReader outer{signature};
  DerReader inner{outer.take(DerTag::sequence)};
  return !inner.take_positive().empty() && !inner.take_positive().empty() && inner.is_at_end() &&
         outer.is_at_end();
}

}  // namespace

KeyFacts read_public_key(Bytes spki) {
  const Spki read = read_spki(spki);
  if (read.type == Type::ed25519) return ed25519_facts(read.key);
  if (read.type == Type::unreadable || read.type == Type::other) return {read.type, 0};
  Key key{spki};
  return key.is_written_as(spki) ? KeyFacts{read.type, key.bits()} : KeyFacts{};
}

std::size_t open_rsa_pkcs1(Bytes spki, Bytes signature, MutableBytes into) {
  Key key{spki};
  std::array<std::uint8_t, most_rsa_bits / 8> opened{};
  if (!key.is(MBEDTLS_PK_RSA) || signature.size() * 8 != key.bits() ||
      mbedtls_rsa_public(mbedtls_pk_rsa(*key.get()), signature.data(), opened.data()) != 0) {
    return 0;
  }
  // 0, 1, at least eight bytes 0xFF, 0, what was padded.
  constexpr std::size_t first_padding{2};
  constexpr std::size_t least_padding{8};
  const Bytes block = Bytes{opened}.first(signature.size());
  std::size_t end{first_padding};
  while (end < block.size() && block[end] == 0xFF) ++end;
  const bool padded = block[0] == 0 && block[1] == 1 && end >= first_padding + least_padding &&
                      end < block.size() && block[end] == 0;
  if (!padded || block.size() - end - 1 > into.size()) return 0;
  std::copy(block.begin() + end + 1, block.end(), into.begin());
  return block.size() - end - 1;
}

bool verify_rsa_pss(Bytes spki, DigestKind kind, Bytes digest, Bytes signature) {
  Key key{spki};
  const mbedtls_pk_rsassa_pss_options options{type_of(kind), MBEDTLS_RSA_SALT_LEN_ANY};
  return key.is(MBEDTLS_PK_RSA) &&
         mbedtls_pk_verify_ext(MBEDTLS_PK_RSASSA_PSS, &options, key.get(), type_of(kind), digest.data(),
                               digest.size(), signature.data(), signature.size()) == 0;
}

bool verify_ecdsa(Bytes spki, Bytes digest, Bytes signature) {
  Key key{spki};
  return key.is(MBEDTLS_PK_ECDSA) && is_der_signature(signature) &&
         mbedtls_pk_verify(key.get(), MBEDTLS_MD_NONE, digest.data(), digest.size(), signature.data(),
                           signature.size()) == 0;
}

}  // namespace airlift::crypto::backend
