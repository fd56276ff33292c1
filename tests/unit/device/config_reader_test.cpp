#include "config_reader.hpp"

#include <gtest/gtest.h>

#include "support/temp_directory.hpp"

namespace airlift::device {
namespace {

using testing::TempDirectory;

TEST(ConfigReader, ReadsTheExampleOfHomeDing) {
  const Config config = parse_config(R"({"device":{"0":{"name":"devding","safemode":"false"}},
    "ota":{"0":{"port":8266,"passwd":"123","description":"Listen for 'over the air' OTA Updates"}}})");
  ASSERT_FALSE(config.error);
  EXPECT_EQ(config.values, (std::vector<ConfigValue>{
                               {"device", "0", "name", "devding"},
                               {"device", "0", "safemode", "false"},
                               {"ota", "0", "port", "8266"},
                               {"ota", "0", "passwd", "123"},
                               {"ota", "0", "description", "Listen for 'over the air' OTA Updates"},
                           }));
}

TEST(ConfigReader, EveryValueBecomesText) {
  const Config config =
      parse_config(R"({"t":{"i":{"a":true,"b":false,"c":-5,"d":1.50,"e":null,"f":"\u00e4"}}})");
  ASSERT_FALSE(config.error);
  const std::vector<std::string> expected{"true", "false", "-5", "1.50", "", "\xc3\xa4"};
  ASSERT_EQ(config.values.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(config.values[i].value, expected[i]);
}

TEST(ConfigReader, EmptyObjectsConfigureNothing) {
  for (const std::string_view text : {"{}", R"({"ota":{}})", R"({"ota":{"0":{}}})"}) {
    const Config config = parse_config(text);
    EXPECT_FALSE(config.error) << text;
    EXPECT_TRUE(config.values.empty());
  }
}

struct SyntaxCase {
  std::string_view text;
  std::size_t line;
  std::size_t column;
};

TEST(ConfigReader, ASyntaxErrorIsNamedByLineAndColumn) {
  for (const SyntaxCase& bad : {
           SyntaxCase{"{\n  \"ota\": {\n    \"0\": { \"port\" 8266 }\n  }\n}", 3, 22},
           SyntaxCase{"{ \"ota\": { \"0\": { \"port\": 8266 }", 1, 33},
           SyntaxCase{"nonsense", 1, 2},
           SyntaxCase{"", 1, 1},
           SyntaxCase{"{}\n{}", 2, 1},
           SyntaxCase{"{\"a\":{\"b\":{\"c\":\"\xff\"}}}", 1, 17},
       }) {
    const Config config = parse_config(bad.text);
    ASSERT_TRUE(config.error) << bad.text;
    EXPECT_EQ(config.error->line, bad.line) << bad.text << ": " << config.error->reason;
    EXPECT_EQ(config.error->column, bad.column) << bad.text << ": " << config.error->reason;
    EXPECT_TRUE(config.values.empty());
  }
}

TEST(ConfigReader, AnErrorNeverQuotesTheFile) {
  const Config config = parse_config(R"({"ota":{"0":{"passwd":"topsecret" "x":1}}})");
  ASSERT_TRUE(config.error);
  EXPECT_EQ(to_text(*config.error, "config.json").find("topsecret"), std::string::npos);
  EXPECT_EQ(to_text(*config.error, "config.json").substr(0, 17), "config.json:1:37:");
}

TEST(ConfigReader, AnotherShapeIsAnErrorThatNamesThePlace) {
  for (const std::string_view text : {"[]", "1", R"({"ota":1})", R"({"ota":{"0":1}})",
                                      R"({"ota":{"0":{"port":[1]}}})", R"({"ota":{"0":{"port":{"x":1}}}})"}) {
    const Config config = parse_config(text);
    ASSERT_TRUE(config.error) << text;
    EXPECT_TRUE(config.values.empty());
  }
  EXPECT_NE(parse_config(R"({"ota":{"0":{"port":[1]}}})").error->reason.find("ota/0/port"),
            std::string::npos);
}

TEST(ConfigReader, NothingFollowsANulByte) {
  using namespace std::string_view_literals;
  const Config config = parse_config("{}\n\0\"passwd\": \""sv);
  ASSERT_TRUE(config.error);
  EXPECT_EQ(config.error->line, 2U);
  EXPECT_EQ(config.error->column, 1U);
}

TEST(ConfigReader, DepthAndSizeAreLimited) {
  EXPECT_TRUE(parse_config(std::string(100'000, '{')).error);
  EXPECT_TRUE(parse_config(std::string(100'000, '[')).error);
  EXPECT_TRUE(parse_config(std::string(longest_config_bytes + 1, ' ')).error);
}

TEST(ConfigReader, AMissingFileIsEmptyAndAnUnreadableOneAnError) {
  const TempDirectory directory;
  EXPECT_FALSE(read_config(directory / "env.json").error);
  EXPECT_TRUE(read_config(directory.path()).error);
  const std::string path = directory.write("config.json", R"({"ota":{"0":{"port":1}}})");
  EXPECT_EQ(read_config(path).values.size(), 1U);
  const std::string large = directory.write("large.json", std::string(longest_config_bytes + 1, ' '));
  EXPECT_TRUE(read_config(large).error);
}

}  // namespace
}  // namespace airlift::device
