#include "config_secrets.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "airlift/codec/text.hpp"
#include "airlift/element/secret_setting.hpp"

namespace airlift::device {
namespace {

using element::end_of_json_value;
using element::hidden_secret;

constexpr std::string_view blanks{" \t\r\n"};

/// A secret value: its JSON text, quotes included, and where it stands.
struct Secret {
  std::string type;
  std::string id;
  std::string property;
  std::size_t at;
  std::size_t size;
};

std::string decoded(std::string_view json_string) {
  return nlohmann::json::parse(json_string).get<std::string>();
}

std::string quoted(std::string_view value) {
  return '"' + std::string{value} + '"';
}

std::string_view without_quotes(std::string_view value) {
  return value.size() > 1 && value.front() == '"' ? value.substr(1, value.size() - 2) : value;
}

/// Walks over the strings of a text whose form is known to be right: objects in three levels.
std::vector<Secret> secrets_of(std::string_view text) {
  std::vector<Secret> secrets;
  std::array<std::string, 4> keys;
  std::size_t depth{0};
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '{') ++depth;
    if (text[at] == '}') --depth;
    if (text[at] != '"') continue;
    const std::size_t end = end_of_json_value(text, at);
    keys[depth] = decoded(text.substr(at, end - at));
    // Behind a key stand a colon and its value. A value here is one of level three.
    const std::size_t value = text.find_first_not_of(blanks, text.find(':', end) + 1);
    at = end - 1;
    if (depth != 3) continue;
    const std::size_t value_end = end_of_json_value(text, value);
    if (element::is_secret(keys[1], keys[3], without_quotes(text.substr(value, value_end - value)))) {
      secrets.push_back({keys[1], keys[2], keys[3], value, value_end - value});
    }
    at = value_end - 1;
  }
  return secrets;
}

bool same_property(const Secret& a, const Secret& b) {
  return codec::equal_ignoring_case(a.type, b.type) && codec::equal_ignoring_case(a.id, b.id) &&
         codec::equal_ignoring_case(a.property, b.property);
}

}  // namespace

std::string hide_secrets(std::string_view text) {
  std::string shown{text};
  const std::vector<Secret> secrets = secrets_of(text);
  for (auto secret = secrets.rbegin(); secret != secrets.rend(); ++secret) {
    shown.replace(secret->at, secret->size, quoted(hidden_secret));
  }
  return shown;
}

std::optional<std::string> restore_secrets(std::string_view text, std::string_view before) {
  std::string restored{text};
  const std::vector<Secret> secrets = secrets_of(text);
  const std::vector<Secret> known = secrets_of(before);
  for (auto secret = secrets.rbegin(); secret != secrets.rend(); ++secret) {
    if (text.substr(secret->at, secret->size) != quoted(hidden_secret)) continue;
    // The later of two counts.
    const auto own = std::find_if(known.rbegin(), known.rend(),
                                  [&](const Secret& candidate) { return same_property(candidate, *secret); });
    if (own == known.rend()) return std::nullopt;
    restored.replace(secret->at, secret->size, before.substr(own->at, own->size));
  }
  return restored;
}

}  // namespace airlift::device
