#include "probes/policy.hpp"

namespace airlift::probe {

image::Policy policy_for(Bytes) {
  image::Policy policy;
  policy.board_id = "probe";
  return policy;
}

}  // namespace airlift::probe
