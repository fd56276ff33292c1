#include "discovery_protocol.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "airlift/codec/text.hpp"
#include "json_line.hpp"

namespace airlift::cli {
namespace {

constexpr unsigned protocol_version{1};
constexpr std::string_view protocol{"network"};

std::string message(std::string_view event, const Json& more) {
  Json json{{"eventType", event}};
  json.update(more);
  return to_line(json) + "\n";
}

std::string success(std::string_view event) {
  return message(event, {{"message", "OK"}});
}

std::string failure(std::string_view event, std::string_view text) {
  return message(event, {{"error", true}, {"message", text}});
}

std::string mdns_failure(std::string_view event) {
  return failure(event, "mDNS cannot be used here: is there a network interface that is up?");
}

/// Names and values as Arduino's own mdns-discovery gives them: upload recipes and boards.txt refer to them.
Json port_json(const std::string& address, const Device& device) {
  std::string_view host{device.host};
  Json properties = device.txt;
  properties["hostname"] = device.host;
  properties["port"] = std::to_string(device.endpoint().port);
  return {{"address", address},
          {"label", fmt::format("{} at {}", codec::take_until(host, '.'), address)},
          {"protocol", protocol},
          {"protocolLabel", "Network Port"},
          {"hardwareId", fmt::format("{}:{}", device.host, device.endpoint().port)},
          {"properties", std::move(properties)}};
}

/// `1 "arduino-cli 1.2.3"`
bool is_greeting(std::string_view arguments) {
  const std::string_view version = codec::take_until(arguments, ' ');
  return codec::parse_number(version) && arguments.size() > 2 && arguments.front() == '"' &&
         arguments.find('"', 1) == arguments.size() - 1;
}

std::string upper_case(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return result;
}

}  // namespace

std::string DiscoveryProtocol::feed(std::string_view bytes) {
  std::string output;
  while (!bytes.empty() && !ended()) {
    const bool complete = bytes.find('\n') != std::string_view::npos;
    const std::string_view piece = codec::take_until(bytes, '\n');
    line_too_long_ = line_too_long_ || line_.size() + piece.size() > longest_line;
    if (!line_too_long_) line_ += piece;
    if (!complete) break;
    output += line_too_long_ ? failure("command_error", "the command is too long") : answer(line_);
    line_.clear();
    line_too_long_ = false;
  }
  return output;
}

std::string DiscoveryProtocol::answer(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::string command = upper_case(codec::take_until(line, ' '));
  if (command == "QUIT") return quit();
  if (command == "HELLO") return hello(line);
  if (state_ == State::greeting) return failure("command_error", "the first command must be HELLO");
  if (command == "START") return start(State::running, "start");
  if (command == "START_SYNC") return start(State::syncing, "start_sync");
  if (command == "LIST") return list();
  if (command == "STOP") return stop();
  return failure("command_error", fmt::format("unknown command {}", command));
}

std::string DiscoveryProtocol::hello(std::string_view arguments) {
  if (state_ != State::greeting) return failure("hello", "HELLO was said already");
  if (!is_greeting(arguments)) return failure("hello", "expected: HELLO <version> \"<user agent>\"");
  set_state(State::idle);
  return message("hello", {{"protocolVersion", protocol_version}, {"message", "OK"}});
}

std::string DiscoveryProtocol::start(State state, std::string_view event) {
  if (state_ != State::idle) return failure(event, "started already: STOP first");
  if (mdns_failed_) return mdns_failure(event);
  set_state(state);
  return success(event) + changes();
}

std::string DiscoveryProtocol::list() const {
  if (state_ != State::running) return failure("list", "START first");
  if (mdns_failed_) return mdns_failure("list");
  Json json = Json::array();
  for (const auto& [address, device] : ports()) json.push_back(port_json(address, device));
  return message("list", {{"ports", std::move(json)}});
}

std::string DiscoveryProtocol::stop() {
  if (state_ == State::idle) return failure("stop", "stopped already");
  announced_.clear();
  set_state(State::idle);
  return success("stop");
}

std::string DiscoveryProtocol::quit() {
  set_state(State::ended);
  return success("quit");
}

std::string DiscoveryProtocol::take(const posix::BrowserEvent& event) {
  devices_.apply(event);
  const bool first_failure = event.kind == posix::BrowserEvent::Kind::failed && !mdns_failed_;
  mdns_failed_ = mdns_failed_ || first_failure;
  if (first_failure && state_ == State::syncing) return mdns_failure("start_sync");
  return changes();
}

DiscoveryProtocol::Ports DiscoveryProtocol::ports() const {
  Ports result;
  for (Device& device : devices_.devices()) {
    std::string address = address_text(device.endpoint());
    result.emplace(std::move(address), std::move(device));
  }
  return result;
}

/// While syncing: the messages that bring the client's knowledge up to date. An `add` of an address that it
/// knows replaces what it knew.
std::string DiscoveryProtocol::changes() {
  if (state_ != State::syncing) return {};
  Ports now = ports();
  std::string output;
  for (const auto& [address, device] : announced_) {
    if (now.contains(address)) continue;
    output += message("remove", {{"port", {{"address", address}, {"protocol", protocol}}}});
  }
  for (const auto& [address, device] : now) {
    const auto known = announced_.find(address);
    if (known != announced_.end() && known->second == device) continue;
    output += message("add", {{"port", port_json(address, device)}});
  }
  announced_ = std::move(now);
  return output;
}

}  // namespace airlift::cli
