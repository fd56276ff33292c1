#pragma once
// The properties of the ota element that say which images are taken and how they must prove themselves:
// `confirm`, `attempts`, `watchdog`, `signature`, `keys`, `digest`. docs/configuration.md.

#include "airlift/element/element.hpp"
#include "airlift/element/key_source.hpp"
#include "airlift/element/trial.hpp"
#include "airlift/image/policy.hpp"

namespace airlift::element {

class UpdateSettings {
 public:
  /// `keys` outlives the settings.
  explicit UpdateSettings(KeySource& keys) : keys_{keys} {}

  /// A value that cannot be understood never opens the device: what was meant to restrict it then refuses
  /// every image.
  [[nodiscard]] SetResult set(std::string_view property, std::string_view value);

  [[nodiscard]] const TrialSettings& trial() const { return trial_; }
  /// How often the application must give a sign of life; 0: it need not.
  [[nodiscard]] seconds watchdog() const { return watchdog_; }
  /// Views of this object and of `board_id`.
  [[nodiscard]] image::Policy policy(std::string_view board_id) const;
  [[nodiscard]] const image::KeyRing& ring() const { return ring_; }

 private:
  enum class Signature : std::uint8_t {
    by_keys,  ///< required when any key is configured
    off,
    required,
  };

  [[nodiscard]] SetResult set_confirm(std::string_view value);
  [[nodiscard]] SetResult set_attempts(std::string_view value);
  [[nodiscard]] SetResult set_watchdog(std::string_view value);
  [[nodiscard]] SetResult set_signature(std::string_view value);
  [[nodiscard]] SetResult set_keys(std::string_view value);
  [[nodiscard]] SetResult set_digest(std::string_view value);

  KeySource& keys_;
  TrialSettings trial_;
  seconds watchdog_{0};
  Signature signature_{Signature::by_keys};
  bool keys_named_{false};  ///< `keys` was given, readable or not
  image::KeyRing ring_;
  crypto::DigestKind esp32_digest_{crypto::DigestKind::sha256};
};

}  // namespace airlift::element
