#include "device_address.hpp"

#include <fmt/format.h>
#include <netdb.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "airlift/codec/text.hpp"
#include "airlift_posix/address.hpp"
#include "push_failure.hpp"

namespace airlift::cli {
namespace {

constexpr std::string_view blanks{" \t\r"};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

}  // namespace

DeviceAddress split_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const bool bracketed = text.starts_with('[') && text.find("]:") + 1 == colon;
  if (text.starts_with('[') && text.ends_with(']')) return {std::string{text.substr(1, text.size() - 2)}, {}};
  if (colon == std::string_view::npos || (!bracketed && text.find(':') != colon))
    return {std::string{text}, {}};
  const auto port = codec::parse_number(text.substr(colon + 1), 65535);
  if (!port || *port == 0) return {std::string{text}, {}};
  const std::string_view host = bracketed ? text.substr(1, colon - 2) : text.substr(0, colon);
  return {std::string{host}, static_cast<std::uint16_t>(*port)};
}

std::optional<port::Endpoint> numeric_endpoint(const std::string& host) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;  // so nothing is asked of anybody
  addrinfo* found{nullptr};
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return std::nullopt;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list{found, freeaddrinfo};
  return posix::to_endpoint(list->ai_addr);
}

std::vector<std::string> parse_device_lines(std::string_view text) {
  std::vector<std::string> devices;
  while (!text.empty()) {
    std::string_view line = codec::take_until(text, '\n');
    line = trimmed(codec::take_until(line, '#'));
    if (!line.empty()) devices.emplace_back(line);
  }
  return devices;
}

std::vector<std::string> read_device_file(const std::string& path) {
  std::ifstream file;
  if (path != "-") file.open(path);
  std::istream& stream = path == "-" ? std::cin : file;
  const std::string text{std::istreambuf_iterator<char>{stream}, {}};
  if (!stream) {
    throw PushError{make_failure(UpdateError::file_unreadable, Stage::file,
                                 fmt::format("{}: {}", path, std::strerror(errno)))};
  }
  return parse_device_lines(text);
}

}  // namespace airlift::cli
