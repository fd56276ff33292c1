#pragma once
// Proving a password: the answer `200 <cnonce> <response>\n` to a challenge, in both schemes.

#include <optional>

#include "airlift/base/fixed_string.hpp"
#include "airlift/base/span.hpp"
#include "airlift/base/status.hpp"
#include "airlift/crypto/pbkdf2.hpp"
#include "airlift/wire/codes.hpp"

namespace airlift::wire {

using Nonce = FixedString<64>;     ///< 32 or 64 hex digits
using Response = FixedString<64>;  ///< as long as the nonce

struct AuthAnswer {
  PasswordScheme scheme{PasswordScheme::md5};
  Nonce cnonce;
  Response response;
};

/// True when the datagram is meant as an answer to a challenge (its command is 200), well-formed or not.
[[nodiscard]] bool is_auth_answer(Bytes datagram);

/// Outcomes: the answer; bad_invitation: not `200 <hex> <hex>` with both 32 or both 64 digits.
[[nodiscard]] Result<AuthAnswer> parse_auth_answer(Bytes datagram);

using AuthAnswerText = FixedString<160>;
[[nodiscard]] AuthAnswerText format_auth_answer(const AuthAnswer& answer);

/// Which hash of the password both sides start from.
enum class StoredHash : std::uint8_t {
  md5,     ///< the MD5 scheme, and devices of the SHA-256 scheme that stored an old hash
  sha256,  ///< the SHA-256 scheme
  given,   ///< what is handed in as password is a hash already: its hex
};

/// Computes the response a challenge asks for, in bounded steps: 10,000 rounds of PBKDF2 in the SHA-256
/// scheme, nothing but the constructor in the MD5 scheme. Formulas and test vectors:
/// docs/design/upload-protocol.md.
class PasswordProof {
 public:
  PasswordProof(std::string_view password, StoredHash stored, std::string_view nonce, std::string_view cnonce,
                PasswordScheme scheme);

  /// Does at most `rounds` rounds.
  void step(std::uint32_t rounds);
  [[nodiscard]] bool done() const { return !derivation_ || derivation_->done(); }
  /// Only when done().
  [[nodiscard]] Response response() const;

 private:
  FixedString<64> nonce_;  ///< in the MD5 scheme the response, which is there at once
  Nonce cnonce_;
  std::optional<crypto::Pbkdf2Sha256> derivation_;
};

}  // namespace airlift::wire
