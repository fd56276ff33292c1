#include "airlift_posix/system_entropy.hpp"

#include <sys/random.h>

#include <cerrno>

namespace airlift::posix {

Status SystemEntropy::fill(MutableBytes into) {
  while (!into.empty()) {
    const ssize_t count = getrandom(into.data(), into.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return UpdateError::no_entropy;
    into = into.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace airlift::posix
