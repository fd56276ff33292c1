#pragma once
// What makes one application of several out of the same code: for tests, versions to update to and ones that
// do not work.

#include <string_view>

namespace airlift::firmware {

enum class Fault {
  none,
  hang,     ///< stops turning
  crash,    ///< executes what is no instruction
  offline,  ///< never gets its network up
};

struct Variant {
  std::string_view version;
  Fault fault{Fault::none};
};

}  // namespace airlift::firmware
