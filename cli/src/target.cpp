#include "target.hpp"

#include <fmt/format.h>

#include "airlift_posix/address.hpp"

namespace airlift::cli {

std::string device_text(std::string_view name, Span<const port::Endpoint> endpoints) {
  std::string addresses;
  for (const port::Endpoint& endpoint : endpoints) {
    addresses += fmt::format("{}{}", addresses.empty() ? "" : ", ", posix::to_text(endpoint));
  }
  const auto address = posix::parse_address(name);
  const bool named_by_address = endpoints.size() == 1 && address && *address == endpoints[0].address;
  return named_by_address || addresses.starts_with(name) ? addresses
                                                         : fmt::format("{} ({})", name, addresses);
}

}  // namespace airlift::cli
