#pragma once
// A request that may go on, as a handler sees it.

#include "airlift/http/request.hpp"
#include "airlift/web/answer.hpp"
#include "airlift/web/site.hpp"

namespace airlift::web {

struct Call {
  Site& site;
  const http::Request& request;
  const Visitor& visitor;
  std::string_view form;   ///< the body of a call; in the memory `text` writes to: read it first
  http::TextWriter& text;  ///< for a short body; becomes `answer.whole`
  Answer& answer;
  Instant now;
};

void refuse(Call& call, const Refusal& refusal, std::string_view message = {});

using Handler = void (*)(Call& call);

}  // namespace airlift::web
