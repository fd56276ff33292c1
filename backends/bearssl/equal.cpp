#include "airlift/crypto/backend.hpp"

namespace airlift::crypto::backend {

// BearSSL compares only inside of its protocols. `volatile` keeps a compiler from stopping at a difference.
bool equal_constant_time(Bytes a, Bytes b) {
  if (a.size() != b.size()) return false;
  volatile std::uint8_t difference{0};
  for (std::size_t at = 0; at < a.size(); ++at) {
    difference = static_cast<std::uint8_t>(difference | (a[at] ^ b[at]));
  }
  return difference == 0;
}

}  // namespace airlift::crypto::backend
