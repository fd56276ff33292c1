#pragma once
// A certificate for a device that nobody has given one.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "airlift/port/network.hpp"

namespace airlift::posix {

struct CertificateText {
  std::string certificate;  ///< PEM
  std::string key;          ///< PEM; a secret
};

/// Self-signed, P-256, for ten years; for `name`, `name`.local and the addresses. Nothing when there is no
/// entropy, or `name` is no name.
[[nodiscard]] std::optional<CertificateText> make_self_signed(std::string_view name,
                                                              const std::vector<port::IpAddress>& addresses);

}  // namespace airlift::posix
