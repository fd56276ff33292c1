#include "serve_command.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "airlift_posix/address.hpp"
#include "airlift_posix/interfaces.hpp"
#include "airlift_posix/stderr_log.hpp"
#include "arguments.hpp"
#include "serve_text.hpp"

namespace airlift::cli {
namespace {

constexpr auto serve_examples{R"(Examples:
  airlift publish ~/updates app.bin            put an image into the folder
  airlift serve ~/updates                      give it to devices
  airlift serve ~/updates --bind 192.168.1.5 --http-port 0
  airlift serve ~/updates --tokens tokens.txt --json >> requests.log

What to write into the devices' configuration is printed at the start. SIGHUP reads certificate,
tokens and folder anew; SIGTERM and Ctrl-C let downloads end. Exit codes: 0 ended by a signal,
2 wrong options, 8 trouble on this computer.)"};

/// https://specifications.freedesktop.org/basedir-spec: state that should persist between restarts.
std::string default_state_directory() {
  const char* const state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return fmt::format("{}/airlift/serve", state);
  const char* const home = std::getenv("HOME");
  return fmt::format("{}/.local/state/airlift/serve", home != nullptr ? home : "");
}

std::vector<std::string> addresses_of(const std::optional<port::IpAddress>& bind) {
  std::vector<std::string> outside;
  std::vector<std::string> loopback;
  for (const posix::InterfaceAddress& own : posix::reachable_addresses(bind.value_or(port::IpAddress{}))) {
    const port::IpAddress address = bind && !posix::is_any(*bind) ? *bind : own.address;
    const std::string text = posix::to_text(address);
    (own.loopback ? loopback : outside).push_back(posix::is_ipv4(address) ? text : fmt::format("[{}]", text));
  }
  return outside.empty() ? loopback : outside;
}

}  // namespace

ServeCommand::ServeCommand(CLI::App& app)
    : command_{*app.add_subcommand("serve", "Give images from a folder to devices that update themselves")} {
  options_.state_directory = default_state_directory();
  const auto file = [this](const char* name, std::string& into, const char* description) {
    command_.add_option(name, into, description)->type_name("FILE");
  };
  command_.add_option("DIR", options_.directory, "The folder, as airlift publish writes it")
      ->type_name("")
      ->required();
  command_.add_option("--bind", bind_, "Address of this computer to listen on (default: any)")
      ->type_name("IP");
  command_.add_option("--http-port", options_.http_port, "TCP port, 0: no HTTP (default: 8070)")
      ->type_name("PORT")
      ->check(in_range(0, 65535));
  command_.add_option("--https-port", options_.https_port, "TCP port, 0: no HTTPS (default: 8443)")
      ->type_name("PORT")
      ->check(in_range(0, 65535));
  file("--cert", options_.certificate, "Certificate and chain, PEM (default: one that is made once)");
  file("--key", options_.key, "Its private key, PEM (default: in the file of --cert)");
  file("--tokens", options_.access.tokens, "Only devices with a token of this file (airlift token)");
  file("--password-file", options_.access.password, "Or who knows this file's `user:password`");
  command_.add_option("--state", options_.state_directory, "Where that certificate is kept")
      ->type_name("FOLDER");
  command_.add_flag("--json", json_, "Log what is asked for as JSON, one object a line");
  command_.footer(serve_examples);
}

int ServeCommand::run() {
  if (!bind_.empty()) {
    options_.bind = posix::parse_address(bind_);
    if (!options_.bind) {
      fmt::print(stderr, "error: --bind: {} is no IP address\n", bind_);
      return 2;
    }
  }
  options_.log_format = json_ ? server::LogFormat::json : server::LogFormat::text;
  posix::StderrLog log;
  server::Server server{options_, log};
  if (!server.open()) return 8;
  const ServeText text{options_.directory, server.channels(),   addresses_of(options_.bind),
                       options_.http_port, options_.https_port, server.fingerprint()};
  // Standard output is the log's, which JSON's readers want nothing else in.
  fmt::print(json_ ? stderr : stdout, "{}", start_text(text));
  std::fflush(stdout);
  server.run();
  return 0;
}

}  // namespace airlift::cli
