#include "airlift/pull/request_text.hpp"

#include "airlift/codec/text.hpp"

namespace airlift::pull {
namespace {

using Number = FixedString<20>;

enum class Placeholder : std::uint8_t { board, channel, name, version };
constexpr std::string_view placeholders[]{"board", "channel", "name", "version"};
constexpr std::string_view default_path{"/{board}/{channel}/firmware.bin"};

std::optional<Placeholder> placeholder_of(std::string_view name) {
  for (std::size_t i = 0; i < std::size(placeholders); ++i) {
    if (placeholders[i] == name) return static_cast<Placeholder>(i);
  }
  return std::nullopt;
}

std::string_view value_of(Placeholder placeholder, std::string_view channel, const Asker& asker) {
  switch (placeholder) {
    case Placeholder::board:
      return asker.board;
    case Placeholder::channel:
      return channel;
    case Placeholder::name:
      return asker.name;
    case Placeholder::version:
      break;
  }
  return asker.version;
}

/// RFC 3986 2.3: all but the unreserved characters becomes `%XX`.
void append_encoded(Url& into, std::string_view text) {
  constexpr std::string_view unreserved{"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"};
  constexpr std::string_view digits{"0123456789ABCDEF"};
  for (const char& c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (unreserved.find(c) != std::string_view::npos) {
      into.append({&c, 1});
    } else {
      into.append("%").append(digits.substr(byte >> 4, 1)).append(digits.substr(byte & 15, 1));
    }
  }
}

/// Calls `text` with what stands between placeholders and `filler` with each of them, in their order. False:
/// braces that are no placeholder.
template <typename OnText, typename OnPlaceholder>
bool read_pattern(std::string_view pattern, OnText text, OnPlaceholder filler) {
  while (!pattern.empty()) {
    const std::string_view plain = pattern.substr(0, pattern.find('{'));
    if (plain.find('}') != std::string_view::npos) return false;
    text(plain);
    pattern.remove_prefix(plain.size());
    if (pattern.empty()) break;
    const std::size_t end = pattern.find('}');
    const auto placeholder = placeholder_of(pattern.substr(1, end - 1));
    if (end == std::string_view::npos || !placeholder) return false;
    filler(*placeholder);
    pattern.remove_prefix(end + 1);
  }
  return true;
}

}  // namespace

bool is_url_pattern(std::string_view text) {
  Url filled;
  const bool whole = read_pattern(
      text, [&](std::string_view plain) { filled.append(plain); }, [&](Placeholder) { filled.append("x"); });
  if (!whole || filled.truncated() || !parse_web_address(filled)) return false;
  // What stands before the first one is an address for itself: so none reaches into the host.
  constexpr std::size_t scheme_bytes{sizeof("https://") - 1};
  const std::string_view before = text.substr(0, text.find('{'));
  return before.size() == text.size() || before.find_first_of("/?", scheme_bytes) != std::string_view::npos;
}

Url expand_url(std::string_view pattern, std::string_view channel, const Asker& asker) {
  Url url;
  const auto expand = [&](std::string_view text) {
    return read_pattern(
        text, [&](std::string_view plain) { url.append(plain); },
        [&](Placeholder one) { append_encoded(url, value_of(one, channel, asker)); });
  };
  bool whole = expand(pattern);
  const auto address = parse_web_address(url);
  if (address && address->path.empty()) {
    const Url root = url;
    if (root.view().back() == '/') url = Url{root.view().substr(0, root.size() - 1)};
    whole = expand(default_path);
  }
  return whole && address && !url.truncated() ? url : Url{};
}

void RequestHeaders::start(ClientFamily family, std::string_view channel, const Asker& asker) {
  text_.clear();
  count_ = 0;
  const bool esp32 = family == ClientFamily::esp32;
  const std::string_view prefix = esp32 ? "x-ESP32-" : "x-ESP8266-";
  add("User-Agent", esp32 ? "ESP32-http-Update" : "ESP8266-http-Update");
  if (!esp32) add_esp(prefix, "Chip-ID", Number{}.append_number(asker.chip_id));
  add_esp(prefix, "STA-MAC", asker.station_mac);
  add_esp(prefix, "AP-MAC", asker.station_mac);
  add_esp(prefix, "free-space", Number{}.append_number(asker.slot_bytes));
  add_esp(prefix, "sketch-size", Number{}.append_number(asker.running.size_bytes));
  if (asker.md5) add_esp(prefix, "sketch-md5", codec::view(codec::to_hex(*asker.md5)));
  const auto sha256 = codec::to_hex(asker.running.sha256);
  const std::string_view known_sha256 = asker.running.empty() ? std::string_view{} : codec::view(sha256);
  if (esp32) add_esp(prefix, "sketch-sha256", known_sha256);
  add_esp(prefix, "chip-size", Number{}.append_number(asker.flash_bytes));
  add_esp(prefix, "sdk-version", asker.sdk_version);
  add_esp(prefix, "mode", "sketch");
  add_esp(prefix, "version", asker.version);
  add("x-Airlift-Board", asker.board);
  add("x-Airlift-Channel", channel);
  add("x-Airlift-Name", asker.name);
  add("x-Airlift-SHA256", known_sha256);
}

/// Empty: no room.
std::string_view RequestHeaders::keep(std::string_view text) {
  if (text.size() > decltype(text_)::capacity() - text_.size()) return {};
  const std::size_t at = text_.size();
  text_.append(text);
  return text_.view().substr(at);
}

void RequestHeaders::add(std::string_view name, std::string_view value) {
  if (count_ == headers_.size() || !codec::all_printable(value)) return;
  const std::string_view kept = keep(value);
  if (!kept.empty()) headers_[count_++] = {name, kept};
}

void RequestHeaders::add_esp(std::string_view prefix, std::string_view name, std::string_view value) {
  add(keep(FixedString<32>{prefix}.append(name)), value);
}

}  // namespace airlift::pull
