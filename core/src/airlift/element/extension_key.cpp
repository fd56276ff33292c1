#include "airlift/element/extension_key.hpp"

namespace airlift::element {

Status ExtensionKey::start(std::string_view password, port::Entropy& entropy) {
  wanted_ = false;
  derivation_.reset();
  if (const Status filled = entropy.fill(salt_); !filled.ok()) return filled;
  derivation_.emplace(password, salt_);
  return {};
}

}  // namespace airlift::element
