#include "discovery_command.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>

#include "discovery_protocol.hpp"

namespace airlift::cli {
namespace {

constexpr auto discovery_examples{R"(Examples:
  airlift discovery                     type HELLO 1 "me", START_SYNC, and QUIT in the end
  pluggable_discovery.airlift.pattern=airlift discovery       a line of a platform.local.txt

docs/arduino-ide.md shows how to set it up. Exit codes: 0 the client said QUIT or is gone, 2 wrong
options, 8 trouble on this computer.)"};

/// What is there now; empty at the end. Only called when a read does not wait.
std::string_view read_some(std::array<char, 4096>& buffer) {
  const ssize_t count = read(STDIN_FILENO, buffer.data(), buffer.size());
  return {buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

bool write_all(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

}  // namespace

DiscoveryCommand::DiscoveryCommand(CLI::App& app)
    : command_{
          *app.add_subcommand("discovery", "Tell Arduino IDE 2 or arduino-cli which devices there are")} {
  command_.footer(discovery_examples);
}

int DiscoveryCommand::run() const {
  posix::EventLoop loop;
  DiscoveryProtocol protocol;
  bool client_gone{false};
  // Looks from the beginning, so that much is known when the client asks.
  const posix::MdnsBrowser browser{loop, "_arduino._tcp", [&](const posix::BrowserEvent& event) {
                                     client_gone = !write_all(protocol.take(event)) || client_gone;
                                   }};
  std::array<char, 4096> buffer{};
  const posix::Watch input = loop.watch(STDIN_FILENO, posix::Interest::readable, [&] {
    const std::string_view bytes = read_some(buffer);
    client_gone = bytes.empty() || !write_all(protocol.feed(bytes)) || client_gone;
  });
  while (!client_gone && !protocol.ended()) loop.iterate(std::chrono::hours{1});
  return 0;
}

}  // namespace airlift::cli
