#pragma once
// What can be read from and written to a connected socket now.

#include "airlift/port/network.hpp"

namespace airlift::posix {

/// Outcomes: what was read, perhaps nothing yet; connection_lost.
[[nodiscard]] Result<port::Stream::Read> receive_some(int fd, MutableBytes into);

/// Outcomes: how many bytes were taken, perhaps none; connection_lost.
[[nodiscard]] Result<std::size_t> send_some(int fd, Bytes bytes);

/// True when bytes can be read, even after the connection broke.
[[nodiscard]] bool has_unread(int fd);

/// Ends our direction, in a way that lets the peer read what was written last.
void end_politely(int fd);

}  // namespace airlift::posix
