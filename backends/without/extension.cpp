// For devices that speak the old upload protocol only: they see no extension's line, and so answer none.

#include "airlift/wire/extension.hpp"

namespace airlift::wire {

std::optional<ExtensionRequest> find_extension_request(Bytes) {
  return std::nullopt;
}

ExtensionAnswerText format_extension_answer(const ExtensionAnswer&) {
  return {};
}

}  // namespace airlift::wire
