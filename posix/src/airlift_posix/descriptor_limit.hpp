#pragma once
// How many files and sockets this process may hold at once.

#include <cstddef>

namespace airlift::posix {

/// Raises the limit to what the system lets this process have, and tells it. Distributions give programs 1024
/// by default, because of select(), and let them have more.
std::size_t raise_descriptor_limit();

/// Takes that back for a program that this one starts: it may use select(). For between fork and exec.
void restore_descriptor_limit();

}  // namespace airlift::posix
