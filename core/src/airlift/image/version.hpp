#pragma once
// The order of version texts.

#include <string_view>

namespace airlift::image {

/// Below 0, 0, above 0: `a` is older than, the same as, newer than `b`. As semantic versioning 2.0
/// (semver.org, 11) orders, for any text: dotted numbers, of which missing ones are 0 ("1.2" is "1.2.0");
/// what follows '-' is a pre-release, older than the version itself; what follows '+' and a leading 'v' do
/// not count. A part that is no number is newer than one that is. An empty text is version 0.
[[nodiscard]] int compare_versions(std::string_view a, std::string_view b);

}  // namespace airlift::image
