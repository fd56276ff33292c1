#include "airlift/image/version.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace airlift::image {
namespace {

int sign(int value) {
  return value < 0 ? -1 : value > 0 ? 1 : 0;
}

TEST(CompareVersions, OrdersAsSemanticVersioningDoes) {
  // Rising; the pre-releases are the example of semver.org, 11.4.4.
  const std::vector<std::string> rising{"0-1",
                                        "",
                                        "0.0.1",
                                        "0.9",
                                        "0.10",
                                        "1.0.0-alpha",
                                        "1.0.0-alpha.1",
                                        "1.0.0-alpha.beta",
                                        "1.0.0-beta",
                                        "1.0.0-beta.2",
                                        "1.0.0-beta.11",
                                        "1.0.0-rc.1",
                                        "1.0.0",
                                        "1.0.1",
                                        "1.2",
                                        "1.2.0.1",
                                        "1.10",
                                        "2-dev",
                                        "2",
                                        "10",
                                        "99999999999999999999",
                                        "100000000000000000000",
                                        "a",
                                        "b"};
  for (std::size_t i = 0; i < rising.size(); ++i) {
    for (std::size_t k = 0; k < rising.size(); ++k) {
      EXPECT_EQ(sign(compare_versions(rising[i], rising[k])), i < k   ? -1
                                                              : i > k ? 1
                                                                      : 0)
          << rising[i] << " and " << rising[k];
    }
  }
}

TEST(CompareVersions, SeesWhatIsTheSame) {
  for (const auto& [a, b] : std::vector<std::pair<const char*, const char*>>{{"1.2", "1.2.0"},
                                                                             {"1", "1.0.0.0"},
                                                                             {"v1.2", "1.2"},
                                                                             {"1.2+build.5", "1.2+x-y"},
                                                                             {"1.02", "1.2"},
                                                                             {"", "0"},
                                                                             {"", "0.0"},
                                                                             {"1-rc+a", "1-rc"},
                                                                             {"1-", "1"},
                                                                             {"1-rc.01", "1-rc.1"},
                                                                             {"vx", "vx"}}) {
    EXPECT_EQ(compare_versions(a, b), 0) << a << " and " << b;
    EXPECT_EQ(compare_versions(b, a), 0) << a << " and " << b;
  }
}

// Whatever the texts are, this is an order: what is sorted by it does not depend on how.
TEST(CompareVersions, IsAnOrder) {
  std::mt19937 random{3};
  const auto any = [&random] {
    constexpr std::string_view alphabet{"v0.-+1a2"};
    std::string text;
    for (auto count = random() % 7; count > 0; --count) text += alphabet[random() % alphabet.size()];
    return text;
  };
  for (int round = 0; round < 20'000; ++round) {
    const std::string a = any(), b = any(), c = any();
    EXPECT_EQ(compare_versions(a, a), 0);
    EXPECT_EQ(sign(compare_versions(a, b)), -sign(compare_versions(b, a))) << a << ' ' << b;
    if (compare_versions(a, b) <= 0 && compare_versions(b, c) <= 0) {
      EXPECT_LE(compare_versions(a, c), 0) << a << ' ' << b << ' ' << c;
    }
  }
}

}  // namespace
}  // namespace airlift::image
