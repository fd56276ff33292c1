#pragma once
// Keeps the values an element shows.

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "airlift/element/element.hpp"

namespace airlift::testing {

class MemorySink final : public element::ValueSink {
 public:
  void value(std::string_view key, std::string_view value) override {
    EXPECT_LE(key.size(), element::longest_key_bytes) << key;
    EXPECT_LE(value.size(), element::longest_value_bytes) << key;
    EXPECT_TRUE(values.emplace(key, value).second) << key << " twice";
    keys.emplace_back(key);
  }

  std::map<std::string, std::string> values;
  std::vector<std::string> keys;  ///< in order
};

/// What `element` shows now.
[[nodiscard]] inline std::map<std::string, std::string> values_of(element::Element& element) {
  MemorySink sink;
  element.values(sink);
  return sink.values;
}

}  // namespace airlift::testing
