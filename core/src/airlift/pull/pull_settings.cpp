#include "airlift/pull/pull_settings.hpp"

#include <algorithm>

#include "airlift/codec/text.hpp"
#include "airlift/pull/request_text.hpp"

namespace airlift::pull {
namespace {

using codec::equal_ignoring_case;
using element::SetResult;
using Scheme = WebAddress::Scheme;
using Roots = port::HttpClient::Trust::Roots;

/// Keeps what fits and can be shown.
template <std::size_t Capacity>
SetResult set_text(FixedString<Capacity>& into, std::string_view value) {
  if (value.size() > Capacity || !codec::all_printable(value)) return SetResult::bad_value;
  into = FixedString<Capacity>{value};
  return SetResult::ok;
}

/// docs/design/update-server.md, "The folder".
bool is_channel(std::string_view name) {
  constexpr std::string_view allowed{"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."};
  return !name.empty() && name.front() != '.' && name.find_first_not_of(allowed) == std::string_view::npos;
}

/// 64 hex digits; or with a colon behind each pair but the last, as `openssl x509 -fingerprint` writes it.
bool read_pin(std::string_view text, port::HttpClient::Pin& into) {
  constexpr std::size_t with_colons{3 * std::tuple_size_v<port::HttpClient::Pin> - 1};
  if (text.size() != with_colons) return codec::from_hex(text, into);
  FixedString<2 * std::tuple_size_v<port::HttpClient::Pin>> digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % 3 != 2) digits.append(text.substr(i, 1));
    if (i % 3 == 2 && text[i] != ':') return false;
  }
  return codec::from_hex(digits, into);
}

}  // namespace

const std::array<PullSettings::Row, 10> PullSettings::table{{
    {"url", &PullSettings::set_url, IfWrong::ask_nobody},
    {"interval", &PullSettings::set_interval, IfWrong::nothing},
    {"channel", &PullSettings::set_channel, IfWrong::ask_nobody},
    {"ca", &PullSettings::set_ca, IfWrong::trust_nobody},
    {"fingerprint", &PullSettings::set_fingerprint, IfWrong::trust_nobody},
    {"auth", &PullSettings::set_auth, IfWrong::ask_nobody},
    {"quiet", &PullSettings::set_quiet, IfWrong::nothing},
    {"redirects", &PullSettings::set_redirects, IfWrong::nothing},
    {"proxy", &PullSettings::set_proxy, IfWrong::ask_nobody},
    {"client", &PullSettings::set_client, IfWrong::ask_nobody},
}};

SetResult PullSettings::set(std::string_view property, std::string_view value) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (!equal_ignoring_case(property, table[i].property)) continue;
    const SetResult result = (this->*table[i].set)(codec::trimmed(value));
    wrong_[i] = result != SetResult::ok;
    return result;
  }
  return SetResult::unknown_property;
}

bool PullSettings::any_wrong(IfWrong kind) const {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (wrong_[i] && table[i].if_wrong == kind) return true;
  }
  return false;
}

bool PullSettings::usable() const {
  return !url_.empty() && !any_wrong(IfWrong::ask_nobody);
}

bool PullSettings::trusts_anybody() const {
  return !any_wrong(IfWrong::trust_nobody);
}

bool PullSettings::encrypted() const {
  constexpr std::string_view scheme{"https:"};
  return equal_ignoring_case(url_.view().substr(0, scheme.size()), scheme);
}

std::string_view PullSettings::host() const {
  // No placeholder stands before the path.
  const std::string_view all = url_;
  const std::string_view plain = all.substr(0, all.find('{'));
  const auto address = parse_web_address(plain);
  return address ? address->host : std::string_view{};
}

port::HttpClient::Trust PullSettings::trust() const {
  if (!trusts_anybody()) return {Roots::none, {}, {}};
  const Span<const port::HttpClient::Pin> pins{pins_.data(), pin_count_};
  if (!ca_.empty()) return {Roots::file, ca_, pins};
  return {pins.empty() ? Roots::system : Roots::none, {}, pins};
}

SetResult PullSettings::set_url(std::string_view value) {
  if (!value.empty() && !is_url_pattern(value)) return SetResult::bad_value;
  return set_text(url_, value);
}

SetResult PullSettings::set_interval(std::string_view value) {
  const auto time = element::parse_time(value);
  if (!time) return SetResult::bad_value;
  interval_ = *time;
  return SetResult::ok;
}

SetResult PullSettings::set_channel(std::string_view value) {
  return is_channel(value) ? set_text(channel_, value) : SetResult::bad_value;
}

SetResult PullSettings::set_ca(std::string_view value) {
  return set_text(ca_, value);
}

SetResult PullSettings::set_fingerprint(std::string_view value) {
  pin_count_ = 0;
  while (!value.empty()) {
    const std::string_view pin = codec::trimmed(codec::take_until(value, ','));
    if (pin_count_ == most_pins || !read_pin(pin, pins_[pin_count_])) return SetResult::bad_value;
    ++pin_count_;
  }
  return SetResult::ok;
}

SetResult PullSettings::set_auth(std::string_view value) {
  return set_text(credentials_, value);
}

SetResult PullSettings::set_quiet(std::string_view value) {
  const auto quiet = value.empty() ? QuietHours{} : parse_quiet_hours(value);
  if (!quiet) return SetResult::bad_value;
  quiet_ = *quiet;
  return SetResult::ok;
}

SetResult PullSettings::set_redirects(std::string_view value) {
  redirects_ = equal_ignoring_case(value, "any")         ? Redirects::any
               : equal_ignoring_case(value, "same-host") ? Redirects::same_host
                                                         : Redirects::off;
  return redirects_ != Redirects::off || equal_ignoring_case(value, "off") ? SetResult::ok
                                                                           : SetResult::bad_value;
}

SetResult PullSettings::set_proxy(std::string_view value) {
  const auto address = parse_web_address(value);
  const bool plain = address && address->scheme == Scheme::http && address->path.empty();
  if (!value.empty() && !plain) return SetResult::bad_value;
  return set_text(proxy_, value);
}

SetResult PullSettings::set_client(std::string_view value) {
  const bool esp32 = equal_ignoring_case(value, "esp32");
  if (!esp32 && !equal_ignoring_case(value, "esp8266")) return SetResult::bad_value;
  client_ = esp32 ? ClientFamily::esp32 : ClientFamily::esp8266;
  return SetResult::ok;
}

}  // namespace airlift::pull
