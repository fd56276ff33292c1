#pragma once
// The device's page, built into the program: web/device/dist/index.html.gz.

#include "airlift/web/site.hpp"

namespace airlift::web {

[[nodiscard]] Page device_page();

}  // namespace airlift::web
