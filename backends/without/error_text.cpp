// For devices that answer with an error's number alone: docs/failures.md has the words.

#include "airlift/base/update_error.hpp"

namespace airlift {

std::string_view text_of(UpdateError) {
  return {};
}

}  // namespace airlift
