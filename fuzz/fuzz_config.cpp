// JSON configuration and its secrets: device/src/config_reader.hpp and config_secrets.hpp, the former held
// against the whole-document parser of nlohmann::json.

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "airlift/element/secret_setting.hpp"
#include "config_reader.hpp"
#include "config_secrets.hpp"
#include "require.hpp"

using airlift::fuzz::require;
using nlohmann::json;
namespace device = airlift::device;
namespace element = airlift::element;

namespace {

void check_error(const device::Config& config, std::string_view text) {
  require(config.values.empty(), "half a file never counts");
  const device::ConfigError& error = *config.error;
  require(!error.reason.empty(), "an error has a reason");
  if (error.line == 0) return;
  // A syntax error: there is a place, and nlohmann's quotations of the file are gone.
  require(error.line <= static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1,
          "the line exists");
  require(error.column >= 1 && error.column <= text.size() + 1, "the column exists");
  require(error.reason.find("last read") == std::string::npos, "nothing is quoted from the file");
  require(error.reason.find("parsing '") == std::string::npos, "no number is quoted from the file");
  require(airlift::fuzz::is_printable(error.reason), "words for the log are printable");
}

bool is_same(const json& value, const std::string& text) {
  if (value.is_string()) return value.get_ref<const std::string&>() == text;
  if (value.is_boolean()) return text == (value.get<bool>() ? "true" : "false");
  if (value.is_null()) return text.empty();
  if (value.is_number_float()) return json::parse(text) == value;
  return value.is_number() && text == value.dump();
}

void check_values(const device::Config& config, const json& document) {
  std::map<std::string, std::map<std::string, std::map<std::string, std::string>>> last;
  for (const device::ConfigValue& value : config.values)
    last[value.type][value.id][value.property] = value.value;
  require(document.is_object(), "the document is an object");
  for (const auto& [type, elements] : document.items()) {
    require(elements.is_object(), "a type is an object");
    for (const auto& [id, properties] : elements.items()) {
      require(properties.is_object(), "an element is an object");
      for (const auto& [property, value] : properties.items()) {
        require(is_same(value, last[type][id][property]), "each value is the one in the file");
      }
    }
  }
}

/// Text that is shown says the same, but for secrets; and what comes back hidden is whole again.
void check_secrets(device::Config config, std::string_view text) {
  for (device::ConfigValue& value : config.values) {
    if (element::is_secret(value.type, value.property, value.value)) value.value = element::hidden_secret;
  }
  const std::string shown = device::hide_secrets(text);
  require(device::parse_config(shown).values == config.values, "only secrets are hidden");
  const auto restored = device::restore_secrets(shown, text);
  require(restored.has_value(), "each hidden secret has one behind it");
  require(device::hide_secrets(*restored) == shown, "only secrets are put back");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = airlift::as_text({data, size});
  const device::Config config = device::parse_config(text);
  const json document = json::parse(text, nullptr, false);
  if (config.error) {
    check_error(config, text);
  } else {
    require(!document.is_discarded(), "what is no JSON is an error");
    check_values(config, document);
    check_secrets(config, text);
  }
  return 0;
}
