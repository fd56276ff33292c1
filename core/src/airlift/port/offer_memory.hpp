#pragma once
// What the pull client keeps over restarts: which image a server gave under which name.

#include "airlift/base/fixed_string.hpp"
#include "airlift/base/span.hpp"
#include "airlift/base/status.hpp"

namespace airlift::port {

class OfferMemory {
 public:
  struct Record {
    FixedString<128> etag;                  ///< as it stood in the answer; empty: nothing is remembered
    std::array<std::uint8_t, 32> sha256{};  ///< of the image, as it lies in the slot
  };

  virtual ~OfferMemory() = default;
  /// An empty record when there is none, or it cannot be read.
  [[nodiscard]] virtual Record load() = 0;
  /// Replaces it as a whole. Outcomes: ok; storage_failed: the old one, or none, is there.
  [[nodiscard]] virtual Status store(const Record& record) = 0;
};

}  // namespace airlift::port
