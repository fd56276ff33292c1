#pragma once
// Slows down guessing: counts failed tries per source address in bounded memory. Rules:
// docs/design/upload-protocol.md.

#include <array>

#include "airlift/base/time.hpp"
#include "airlift/port/network.hpp"

namespace airlift::element {

class TryLimiter {
 public:
  static constexpr std::uint32_t free_tries{2};  ///< the newest ESP32 espota tries two hashes of one password
  static constexpr seconds longest_wait{60};
  static constexpr seconds forget_after{600};
  static constexpr std::size_t remembered{8};

  /// How long this source still has to wait; 0: it may try now.
  [[nodiscard]] milliseconds wait_for(const port::IpAddress& source, Instant now) const;
  void failed(const port::IpAddress& source, Instant now);
  void succeeded(const port::IpAddress& source);

 private:
  struct Entry {
    port::IpAddress source;
    std::uint32_t failures{0};  ///< 0: the entry is free
    Instant last_failure;
  };

  [[nodiscard]] const Entry* find(const port::IpAddress& source) const;
  [[nodiscard]] Entry& entry_for(const port::IpAddress& source, Instant now);

  std::array<Entry, remembered> entries_{};
  Entry everyone_else_;  ///< shared by all further sources while the entries are in use
};

}  // namespace airlift::element
