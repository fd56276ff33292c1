#include "airlift/element/try_limiter.hpp"

#include <algorithm>

namespace airlift::element {
namespace {

milliseconds delay_after(std::uint32_t failures) {
  if (failures <= TryLimiter::free_tries) return milliseconds{0};
  const std::uint32_t doublings = std::min<std::uint32_t>(failures - TryLimiter::free_tries - 1, 16);
  return std::min<milliseconds>(seconds{1} * (1 << doublings), TryLimiter::longest_wait);
}

}  // namespace

const TryLimiter::Entry* TryLimiter::find(const port::IpAddress& source) const {
  bool all_used{true};
  for (const Entry& entry : entries_) {
    if (entry.failures > 0 && entry.source == source) return &entry;
    all_used = all_used && entry.failures > 0;
  }
  return all_used ? &everyone_else_ : nullptr;
}

milliseconds TryLimiter::wait_for(const port::IpAddress& source, Instant now) const {
  const Entry* entry = find(source);
  if (entry == nullptr || entry->failures == 0) return milliseconds{0};
  const Instant allowed_at = entry->last_failure + delay_after(entry->failures);
  return std::max(allowed_at - now, milliseconds{0});
}

TryLimiter::Entry& TryLimiter::entry_for(const port::IpAddress& source, Instant now) {
  Entry* unused{nullptr};
  for (Entry& entry : entries_) {
    if (entry.failures > 0 && now - entry.last_failure >= forget_after) entry = {};
    if (entry.failures > 0 && entry.source == source) return entry;
    if (entry.failures == 0) unused = &entry;
  }
  if (unused != nullptr) {
    unused->source = source;
    return *unused;
  }
  if (now - everyone_else_.last_failure >= forget_after) everyone_else_ = {};
  return everyone_else_;
}

void TryLimiter::failed(const port::IpAddress& source, Instant now) {
  Entry& entry = entry_for(source, now);
  ++entry.failures;
  entry.last_failure = now;
}

void TryLimiter::succeeded(const port::IpAddress& source) {
  for (Entry& entry : entries_) {
    if (entry.failures > 0 && entry.source == source) entry = {};
  }
}

}  // namespace airlift::element
