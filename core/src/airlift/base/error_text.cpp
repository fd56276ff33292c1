#include <array>
#include <iterator>

#include "airlift/base/error_list.hpp"

namespace airlift {
namespace {

struct Row {
  UpdateError error{UpdateError::none};
  std::string_view text;
};

constexpr auto rows = [] {
  std::array<Row, std::size(error_list)> result{};
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = {error_list[i].error, error_list[i].text};
  return result;
}();

}  // namespace

std::string_view text_of(UpdateError error) {
  for (const Row& row : rows) {
    if (row.error == error) return row.text;
  }
  return unknown_error.text;
}

}  // namespace airlift
