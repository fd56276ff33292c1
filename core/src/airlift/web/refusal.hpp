#pragma once
// Why a request is refused, in the form the API tells it.

#include <string_view>

#include "airlift/base/time.hpp"
#include "airlift/base/update_error.hpp"
#include "airlift/http/text_writer.hpp"

namespace airlift::web {

struct Refusal {
  int status{0};  ///< of HTTP; 0: not refused
  std::string_view name;
  int number{0};  ///< of the list of update errors; 0: only HTTP knows it
  std::string_view message;
  std::string_view advice;
  milliseconds wait{0};  ///< of status 429

  [[nodiscard]] explicit operator bool() const { return status != 0; }
};

/// `error` is not none.
[[nodiscard]] Refusal refusal_of(UpdateError error);
/// For what only HTTP knows, by its status.
[[nodiscard]] Refusal refusal_of(int status);
/// A change that the user's own page or tool did not ask for.
[[nodiscard]] Refusal cross_site_refusal();

/// `message` in place of the refusal's own when not empty.
void write_refusal(http::TextWriter& into, const Refusal& refusal, std::string_view message = {});

}  // namespace airlift::web
