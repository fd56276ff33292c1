#pragma once
// K, the key that a password gives: derived once after each start, in bounded steps, and kept.
// docs/design/upload-protocol.md, "Keys".

#include <optional>

#include "airlift/port/system.hpp"
#include "airlift/wire/session_key.hpp"

namespace airlift::element {

class ExtensionKey {
 public:
  /// Of PBKDF2 in one step(): a fraction of a millisecond on Linux, about 15 ms on an ESP8266.
  static constexpr std::uint32_t rounds_per_step{100};

  /// With a new salt. Nothing is derived yet. Outcomes: ok; no_entropy.
  [[nodiscard]] Status start(std::string_view password, port::Entropy& entropy);
  /// Somebody will need the key soon: step() derives it.
  void want() { wanted_ = true; }
  /// There is work for step().
  [[nodiscard]] bool under_way() const { return wanted_ && derivation_ && !derivation_->done(); }
  /// Only when under_way().
  void step() { derivation_->step(rounds_per_step); }

  [[nodiscard]] const wire::Salt& salt() const { return salt_; }
  [[nodiscard]] bool ready() const { return derivation_ && derivation_->done(); }
  /// Only when ready().
  [[nodiscard]] const wire::Key& key() const { return derivation_->key(); }

 private:
  wire::Salt salt_{};
  std::optional<wire::PasswordKey> derivation_;
  bool wanted_{false};
};

}  // namespace airlift::element
