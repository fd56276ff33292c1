#pragma once
// What libcurl's results are in our list.

#include <curl/curl.h>

#include "airlift/base/update_error.hpp"

namespace airlift::posix {

/// Of a transfer that goes to the server itself; certificates are ServerTrust's. Never none.
[[nodiscard]] UpdateError error_of(CURLcode code);

}  // namespace airlift::posix
