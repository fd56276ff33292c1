#pragma once
// Drives an HttpClient and keeps what it gives.

#include <array>
#include <string>

#include "airlift/port/http_client.hpp"
#include "support/eventually.hpp"

namespace airlift::testing {

/// Where a request came to.
struct Exchange {
  UpdateError error{UpdateError::none};
  int status{0};
  std::string body;
};

/// Runs what was started to its end, reading `step` bytes at a time.
[[nodiscard]] inline Exchange finish(port::HttpClient& client, posix::EventLoop& loop,
                                     std::size_t step = 4096) {
  using State = port::HttpClient::State;
  Exchange exchange;
  std::array<std::uint8_t, 4096> buffer{};
  const bool ended = eventually(loop, [&] {
    if (client.state() == State::responding) {
      exchange.status = client.response().status;
      const auto read = client.read(MutableBytes{buffer}.first(step));
      if (read.ok()) exchange.body += as_text(Bytes{buffer}.first(read.value().count));
    }
    return client.state() == State::failed || client.state() == State::idle;
  });
  EXPECT_TRUE(ended);
  if (client.state() == State::failed) exchange.error = client.error();
  return exchange;
}

}  // namespace airlift::testing
