#pragma once
// The figures behind a refusal's words.

#include "airlift/base/fixed_string.hpp"
#include "airlift/base/time.hpp"

namespace airlift::element {

using RefusalDetail = FixedString<64>;

/// `wait` is at most TryLimiter::longest_wait. In 32 bits: a small processor would carry the code of longer
/// divisions for this alone.
[[nodiscard]] inline RefusalDetail waiting_time(milliseconds wait) {
  RefusalDetail text{"wait "};
  text.append_number((static_cast<std::uint32_t>(wait.count()) + 999) / 1000).append(" s");
  return text;
}

[[nodiscard]] inline RefusalDetail missing_space(std::uint32_t size_bytes, std::uint32_t slot_bytes) {
  RefusalDetail text;
  text.append_number(size_bytes).append(" bytes, the slot holds ").append_number(slot_bytes);
  return text;
}

}  // namespace airlift::element
