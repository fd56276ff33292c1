#pragma once
// Public keys from PEM text.

#include <string_view>

#include "airlift/crypto/signature.hpp"

namespace airlift::posix {

/// The first public key ("PUBLIC KEY", or RSA's older "RSA PUBLIC KEY") in the text. Outcomes: the key;
/// key_unreadable: none is there, or one that crypto::PublicKey does not take. Private keys are not read: a
/// device has no business with them.
[[nodiscard]] Result<crypto::PublicKey> public_key_from_pem(std::string_view pem);

}  // namespace airlift::posix
