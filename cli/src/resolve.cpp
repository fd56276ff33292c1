#include "resolve.hpp"

#include <fmt/format.h>
#include <netdb.h>

#include <chrono>
#include <memory>

#include "airlift/wire/codes.hpp"
#include "airlift_posix/address.hpp"
#include "device_list.hpp"
#include "push_failure.hpp"

namespace airlift::cli {
namespace {

using std::chrono::steady_clock;

constexpr milliseconds search_time{3000};
/// After the first match, so that a second device of that name is noticed.
constexpr milliseconds settle_time{150};

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

/// What the system knows about `name`, IPv4 preferred; takes addresses, too.
std::optional<port::Endpoint> look_up(const std::string& name, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = flags;
  addrinfo* found{nullptr};
  if (getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return std::nullopt;
  const std::unique_ptr<addrinfo, FreeAddresses> list{found};
  const addrinfo* best = list.get();
  for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
    if (best->ai_family != AF_INET && entry->ai_family == AF_INET) best = entry;
  }
  return posix::to_endpoint(best->ai_addr);
}

bool system_knows_better(std::string_view name) {
  const bool has_domain = name.find('.') != std::string_view::npos;
  return name == "localhost" || (has_domain && !name.ends_with(".local") && !name.ends_with(".local."));
}

[[noreturn]] void throw_several(const std::string& name, const std::vector<Device>& devices) {
  std::string list;
  for (const Device& device : devices) {
    list +=
        fmt::format("{}{} ({})", list.empty() ? "" : ", ", device.name, posix::to_text(device.endpoint()));
  }
  PushFailure failure = make_failure(UpdateError::name_not_found, Stage::resolve,
                                     fmt::format("{} devices are called {}: {}", devices.size(), name, list));
  failure.advice = "Give the address and port of the one you mean.";
  throw PushError{std::move(failure)};
}

/// The device of that name, as soon as it is seen.
std::optional<Target> browse(posix::EventLoop& loop, const Interrupt& interrupt, const std::string& name) {
  DeviceList list;
  bool failed{false};
  const posix::MdnsBrowser browser{loop, "_arduino._tcp", [&](const posix::BrowserEvent& event) {
                                     failed = failed || event.kind == posix::BrowserEvent::Kind::failed;
                                     list.apply(event);
                                   }};
  auto end = steady_clock::now() + search_time;
  bool settling{false};
  while (!failed && steady_clock::now() < end) {
    loop.iterate(std::chrono::ceil<milliseconds>(end - steady_clock::now()));
    if (interrupt.requested()) {
      throw PushError{
          make_failure(UpdateError::cancelled, Stage::resolve, "cancelled while looking for " + name)};
    }
    if (!settling && !list.matching(name).empty()) {
      settling = true;
      end = steady_clock::now() + settle_time;
    }
  }
  const std::vector<Device> matches = list.matching(name);
  if (matches.size() > 1) throw_several(name, matches);
  if (matches.empty()) return std::nullopt;
  return Target{matches.front().name, {matches.front().endpoint()}, matches.front().board()};
}

std::optional<Target> find(posix::EventLoop& loop, const Interrupt& interrupt, const std::string& name) {
  const auto by_system = [&]() -> std::optional<Target> {
    const auto endpoint = look_up(name, AI_ADDRCONFIG);
    return endpoint ? std::optional{Target{name, {*endpoint}, {}}} : std::nullopt;
  };
  if (const auto endpoint = look_up(name, AI_NUMERICHOST)) return Target{name, {*endpoint}, {}};
  if (system_knows_better(name)) {
    if (auto target = by_system()) return target;
    return browse(loop, interrupt, name);
  }
  if (auto target = browse(loop, interrupt, name)) return target;
  return by_system();
}

}  // namespace

Target resolve(posix::EventLoop& loop, const Interrupt& interrupt, const std::string& name,
               std::optional<std::uint16_t> port) {
  auto target = find(loop, interrupt, name);
  if (!target) {
    throw PushError{make_failure(UpdateError::name_not_found, Stage::resolve,
                                 fmt::format("no device called {} answered by mDNS, and the system does not "
                                             "know the name either",
                                             name))};
  }
  port::Endpoint& endpoint = target->endpoints.front();
  if (port) endpoint.port = *port;
  if (endpoint.port == 0) endpoint.port = wire::esp8266_port;
  return *std::move(target);
}

}  // namespace airlift::cli
