#include "discover_command.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "interrupt.hpp"

namespace airlift::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr unsigned usual_timeout_s{3};

constexpr auto discover_examples{R"(Examples:
  airlift discover                      what is there now
  airlift discover --json | jq -r '.[].name'
  airlift discover --watch              follow changes until Ctrl-C

PASSWORD is `-` when the device does not tell. With --json, an array; with --watch --json, one
object a line with "event" found, updated or lost. Exit codes: 0 a device was found, 1 none, 2 wrong
options, 8 mDNS cannot be used here.)"};

}  // namespace

DiscoverCommand::DiscoverCommand(CLI::App& app)
    : command_{*app.add_subcommand("discover", "List the devices that can be updated over the network")} {
  command_.add_flag("--json", json_, "Print JSON");
  command_.add_flag("--watch", watch_, "Follow changes until interrupted");
  command_
      .add_option_function<unsigned>(
          "--timeout", [this](unsigned value) { timeout_s_ = value; },
          fmt::format("How long to look (default: {}; with --watch: for ever)", usual_timeout_s))
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 86400).description(""));
  command_.footer(discover_examples);
}

int DiscoverCommand::run() {
  posix::EventLoop loop;
  const Interrupt interrupt{loop};
  DeviceList list;
  bool any{false};
  bool failed{false};
  const posix::MdnsBrowser browser{loop, "_arduino._tcp", [&](const posix::BrowserEvent& event) {
                                     failed = failed || event.kind == posix::BrowserEvent::Kind::failed;
                                     const DeviceList::Change change = list.apply(event);
                                     if (change.kind == DeviceList::Change::Kind::none) return;
                                     any = true;
                                     if (!watch_) return;
                                     fmt::print("{}\n", json_ ? to_json(change) : to_text(change));
                                     std::fflush(stdout);
                                   }};
  const bool limited = timeout_s_.has_value() || !watch_;
  const auto end = steady_clock::now() + std::chrono::seconds{timeout_s_.value_or(usual_timeout_s)};
  while (!failed && !interrupt.requested() && (!limited || steady_clock::now() < end)) {
    loop.iterate(limited ? std::chrono::ceil<milliseconds>(end - steady_clock::now())
                         : std::chrono::hours{1});
  }
  if (failed) {
    fmt::print(stderr, "error: mDNS cannot be used here\nhint: is there a network interface that is up?\n");
    return 8;
  }
  if (!watch_ && json_) fmt::print("{}\n", to_json(list.devices()));
  if (!watch_ && !json_ && any) fmt::print("{}", to_table(list.devices()));
  if (!any) {
    fmt::print(stderr,
               "no devices found\nhint: are they switched on and in this network? Routers and guest "
               "Wi-Fi often hold mDNS back; airlift push takes addresses, too.\n");
  }
  return any ? 0 : 1;
}

}  // namespace airlift::cli
