#pragma once
// What `airlift serve` says when it starts.

#include <string>
#include <string_view>
#include <vector>

#include "airlift_server/offer.hpp"

namespace airlift::cli {

struct ServeText {
  std::string_view directory;
  const server::Channels& channels;
  std::vector<std::string> addresses;  ///< as in a URL; where it can be reached
  std::uint16_t http_port{0};          ///< 0: off
  std::uint16_t https_port{0};         ///< 0: off
  std::string_view fingerprint;        ///< of the certificate; empty without HTTPS
};

/// Lines: what is offered, where, and what to write into a device's configuration.
[[nodiscard]] std::string start_text(const ServeText& facts);

}  // namespace airlift::cli
