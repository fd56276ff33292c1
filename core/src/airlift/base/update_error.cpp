#include "airlift/base/error_list.hpp"

namespace airlift {

const ErrorInfo& describe(UpdateError error) {
  for (const ErrorInfo& info : error_list) {
    if (info.error == error) return info;
  }
  return unknown_error;
}

}  // namespace airlift
