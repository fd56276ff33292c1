#pragma once
// HomeDing's configuration files, { "<type>": { "<id>": { "<property>": <string|number|boolean> } } }, read
// in place and without a heap.

#include <string_view>

#include "airlift/base/span.hpp"
#include "airlift/base/status.hpp"

namespace airlift::firmware {

/// One value, as text whatever its JSON type was. The texts lie in the memory of the file.
struct ConfigValue {
  std::string_view type;
  std::string_view id;
  std::string_view property;
  std::string_view value;
};

class ConfigVisitor {
 public:
  virtual ~ConfigVisitor() = default;
  virtual void take(const ConfigValue& value) = 0;
};

struct ConfigReading {
  Status status;            ///< ok; bad_configuration
  std::size_t error_at{0};  ///< bad_configuration: the byte where it was noticed
};

/// Hands each value to `visitor`, in the order of the file, until something is wrong: parse once with a
/// visitor that does nothing, so that half a file never counts. `text` ends with a zero byte that belongs not
/// to the file, and is spoilt: each text of it is decoded where it stands, never before its first byte.
[[nodiscard]] ConfigReading parse_config(Span<char> text, ConfigVisitor& visitor);

}  // namespace airlift::firmware
