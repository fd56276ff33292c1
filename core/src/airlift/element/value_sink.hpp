#pragma once
// Takes the values an element shows, in the form HomeDing's API gives them: texts, whatever they mean.

#include <string_view>

namespace airlift::element {

/// Longest key and longest value; an element shortens what is longer.
inline constexpr std::size_t longest_key_bytes{32};
inline constexpr std::size_t longest_value_bytes{256};

class ValueSink {
 public:
  virtual ~ValueSink() = default;
  /// Each key once. Both texts need to live only during the call.
  virtual void value(std::string_view key, std::string_view value) = 0;
};

}  // namespace airlift::element
