#include "airlift_posix/descriptor_limit.hpp"

#include <sys/resource.h>

namespace airlift::posix {
namespace {

rlim_t original_limit{0};  ///< 0: it was not raised

}  // namespace

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlimit raised{limit.rlim_max, limit.rlim_max};
  if (setrlimit(RLIMIT_NOFILE, &raised) != 0) return limit.rlim_cur;
  original_limit = limit.rlim_cur;
  return raised.rlim_cur;
}

void restore_descriptor_limit() {
  rlimit limit{};
  if (original_limit == 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = original_limit;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace airlift::posix
