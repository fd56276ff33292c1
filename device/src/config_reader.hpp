#pragma once
// HomeDing's configuration files: { "<type>": { "<id>": { "<property>": <string|number|boolean> } } }.
// A file is read whole before any of it counts, so that half a file never configures a device.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace airlift::device {

/// Larger files are an error: no device needs them.
inline constexpr std::size_t longest_config_bytes{256 * 1024};

/// One value, as text whatever its JSON type was.
struct ConfigValue {
  std::string type;
  std::string id;
  std::string property;
  std::string value;
  friend bool operator==(const ConfigValue&, const ConfigValue&) = default;
};

struct ConfigError {
  std::size_t line{0};    ///< counted from 1; 0: it concerns the whole file
  std::size_t column{0};  ///< in bytes, counted from 1; the end of what was not expected
  std::string reason;     ///< never quotes the file's content: that may be a password
};

struct Config {
  std::vector<ConfigValue> values;  ///< in the order of the file; empty when there is an error
  std::optional<ConfigError> error;
};

/// Takes any bytes.
[[nodiscard]] Config parse_config(std::string_view text);

/// A file that does not exist is an empty configuration; any other trouble is an error.
[[nodiscard]] Config read_config(const std::string& path);

/// `config.json:3:7: reason`, or `config.json: reason`.
[[nodiscard]] std::string to_text(const ConfigError& error, std::string_view file);

}  // namespace airlift::device
