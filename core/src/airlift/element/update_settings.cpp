#include "airlift/element/update_settings.hpp"

#include "airlift/codec/text.hpp"

namespace airlift::element {
namespace {

using codec::equal_ignoring_case;

constexpr std::uint32_t longest_confirm_s{24 * 60 * 60};
constexpr std::uint32_t longest_watchdog_s{60 * 60};
constexpr std::uint32_t most_attempts{100};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

SetResult UpdateSettings::set(std::string_view property, std::string_view value) {
  struct Row {
    std::string_view property;
    SetResult (UpdateSettings::*set)(std::string_view);
  };
  constexpr Row table[]{
      {"confirm", &UpdateSettings::set_confirm},   {"attempts", &UpdateSettings::set_attempts},
      {"watchdog", &UpdateSettings::set_watchdog}, {"signature", &UpdateSettings::set_signature},
      {"keys", &UpdateSettings::set_keys},         {"digest", &UpdateSettings::set_digest},
  };
  for (const Row& row : table) {
    if (equal_ignoring_case(property, row.property)) return (this->*row.set)(trimmed(value));
  }
  return SetResult::unknown_property;
}

/// `<seconds>`, `alive`, or `alive <seconds>`.
SetResult UpdateSettings::set_confirm(std::string_view value) {
  TrialSettings changed = trial_;
  std::string_view rest = value;
  if (equal_ignoring_case(codec::take_until(rest, ' '), "alive")) {
    changed.confirmed_by = TrialSettings::ConfirmedBy::staying_alive;
    value = trimmed(rest);
  } else {
    changed.confirmed_by = TrialSettings::ConfirmedBy::application;
  }
  const bool period_given = !value.empty() || changed.confirmed_by == TrialSettings::ConfirmedBy::application;
  if (period_given) {
    const auto number = codec::parse_number(value, longest_confirm_s);
    if (!number || *number == 0) return SetResult::bad_value;
    changed.period = seconds{*number};
  }
  trial_ = changed;
  return SetResult::ok;
}

SetResult UpdateSettings::set_attempts(std::string_view value) {
  const auto number = codec::parse_number(value, most_attempts);
  if (!number || *number == 0) return SetResult::bad_value;
  trial_.attempts = static_cast<std::uint8_t>(*number);
  return SetResult::ok;
}

SetResult UpdateSettings::set_watchdog(std::string_view value) {
  const auto number = codec::parse_number(value, longest_watchdog_s);
  if (!number) return SetResult::bad_value;
  watchdog_ = seconds{*number};
  return SetResult::ok;
}

SetResult UpdateSettings::set_signature(std::string_view value) {
  const bool off = equal_ignoring_case(value, "off");
  signature_ = off ? Signature::off : Signature::required;
  return off || equal_ignoring_case(value, "required") ? SetResult::ok : SetResult::bad_value;
}

/// Names separated by commas. Those that can be read count, also when others cannot.
SetResult UpdateSettings::set_keys(std::string_view value) {
  keys_named_ = !value.empty();
  ring_.clear();
  SetResult result{SetResult::ok};
  while (!value.empty()) {
    const std::string_view name = trimmed(codec::take_until(value, ','));
    if (name.empty() || !keys_.load(name, ring_).ok()) result = SetResult::bad_value;
  }
  return result;
}

SetResult UpdateSettings::set_digest(std::string_view value) {
  constexpr std::array<std::string_view, 3> names{"sha256", "sha384", "sha512"};
  constexpr std::array<crypto::DigestKind, 3> kinds{crypto::DigestKind::sha256, crypto::DigestKind::sha384,
                                                    crypto::DigestKind::sha512};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!equal_ignoring_case(value, names[i])) continue;
    esp32_digest_ = kinds[i];
    return SetResult::ok;
  }
  return SetResult::bad_value;
}

image::Policy UpdateSettings::policy(std::string_view board_id) const {
  const bool required =
      signature_ == Signature::required || (signature_ == Signature::by_keys && keys_named_);
  return {required ? image::SignatureMode::required : image::SignatureMode::off, &ring_, esp32_digest_,
          board_id};
}

}  // namespace airlift::element
