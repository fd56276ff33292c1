#pragma once
// The keys of Airlift's extension. Formulas: docs/design/upload-protocol.md, "Keys".

#include "airlift/crypto/pbkdf2.hpp"
#include "airlift/wire/extension.hpp"

namespace airlift::wire {

using Key = crypto::Sha256Digest;
using Mac = crypto::Sha256Digest;

/// K, from password and salt, in steps: 10,000 rounds of PBKDF2. No password: the empty one.
class PasswordKey {
 public:
  PasswordKey(std::string_view password, const Salt& salt);

  /// Does at most `rounds` rounds.
  void step(std::uint32_t rounds) { derivation_.step(rounds); }
  [[nodiscard]] bool done() const { return derivation_.done(); }
  /// Only when done().
  [[nodiscard]] const Key& key() const { return derivation_.key(); }

 private:
  crypto::Pbkdf2Sha256 derivation_;
};

/// The pre-shared key of TLS.
[[nodiscard]] Key tls_key(const Key& password_key);

/// S: `request` is the whole datagram as the uploader sent it, `answer` the device's whole answer.
[[nodiscard]] Key session_key(const Key& password_key, const crypto::Sha256Digest& request,
                              const crypto::Sha256Digest& answer);

/// The MAC of a frame: over its type and its payload without the MAC.
[[nodiscard]] Mac frame_mac(const Key& session_key, std::uint8_t type, Bytes payload_without_mac);

}  // namespace airlift::wire
