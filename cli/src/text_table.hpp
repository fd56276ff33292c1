#pragma once
// Rows of texts under each other, for people.

#include <string>
#include <vector>

namespace airlift::cli {

using TextRow = std::vector<std::string>;

/// Columns are two blanks apart; every row has as many cells as the first one. Ends with a line end.
[[nodiscard]] std::string text_table(const std::vector<TextRow>& rows);

/// What strangers sent must not move the cursor: control characters become `?`.
[[nodiscard]] std::string printable(std::string text);

}  // namespace airlift::cli
