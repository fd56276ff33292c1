#include "port/config_reader.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace airlift::firmware {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Collected final : public ConfigVisitor {
 public:
  void take(const ConfigValue& value) override {
    const auto text = [](std::string_view view) { return std::string{view}; };
    values.push_back(text(value.type) + "/" + text(value.id) + "/" + text(value.property) + "=" +
                     text(value.value));
  }
  std::vector<std::string> values;
};

struct Parsed {
  explicit Parsed(std::string text) {
    text.push_back('\0');
    reading = parse_config({text.data(), text.size()}, collected);
  }
  Collected collected;
  ConfigReading reading;
};

TEST(BoardConfig, GivesEachValueAsText) {
  const Parsed parsed{R"({ "ota": { "0": { "port": 8266, "passwd": "se\"cret\u00e9" } },
    "device": { "0": { "safemode": false, "name": "x", "ratio": -1.50e3, "nothing": null } }, "empty": {} })"};
  EXPECT_TRUE(parsed.reading.status.ok());
  EXPECT_THAT(parsed.collected.values,
              ElementsAre("ota/0/port=8266", "ota/0/passwd=se\"cret\u00e9", "device/0/safemode=false",
                          "device/0/name=x", "device/0/ratio=-1.50e3", "device/0/nothing="));
}

TEST(BoardConfig, TellsWhereItIsWrong) {
  const Parsed parsed{R"({"ota": {"0": {"port": 1,}}})"};
  EXPECT_EQ(parsed.reading.status.error(), UpdateError::bad_configuration);
  EXPECT_EQ(parsed.reading.error_at, 25U);
}

TEST(BoardConfig, RefusesAnyOtherForm) {
  for (const char* text : {"", " ", "[]", "1", "\"text\"", "{", R"({"a": 1})", R"({"a": {"b": 1}})",
                           R"({"a": {"b": {"c": []}}})", R"({"a": {"b": {"c": {}}}})", R"({"a": {"b": [1]}})",
                           R"({"a": {"b": {"c": 1}}} x)", "{\"a\": {\"b\": {\"c\": \"\xff\"}}}",
                           R"({"a": {"b": {"c": "\ud800"}}})", R"({a: {b: {c: 1}}})"}) {
    EXPECT_FALSE(Parsed{text}.reading.status.ok()) << text;
  }
  EXPECT_FALSE(Parsed(std::string("{}\0{}", 5)).reading.status.ok()) << "a zero byte";
  EXPECT_TRUE(Parsed{"{}"}.reading.status.ok());
}

TEST(BoardConfig, NeverReadsBehindItsText) {
  const std::string whole = R"({"ota": {"0": {"port": 8266, "passwd": "a\\b", "x": true}}})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    // In memory of exactly that size, for the sanitizers.
    const Parsed parsed{whole.substr(0, size)};
    EXPECT_FALSE(parsed.reading.status.ok()) << size;
  }
}

TEST(BoardConfig, HoldsOutAgainstDeepNesting) {
  EXPECT_FALSE(Parsed{std::string(100000, '[')}.reading.status.ok());
  std::string objects;
  for (int i = 0; i < 10000; ++i) objects += "{\"a\":";
  EXPECT_FALSE(Parsed{objects}.reading.status.ok());
}

}  // namespace
}  // namespace airlift::firmware
