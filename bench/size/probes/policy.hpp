#pragma once

#include "airlift/image/policy.hpp"

namespace airlift::probe {

/// Whose images are taken.
[[nodiscard]] image::Policy policy_for(Bytes key);

}  // namespace airlift::probe
