#include "airlift/wire/extension.hpp"

#include <algorithm>

#include "airlift/codec/text.hpp"

namespace airlift::wire {
namespace {

using Purpose = ExtensionRequest::Purpose;

constexpr std::string_view extension_name{"AIRLIFT"};
constexpr std::string_view extension_version{"1"};
constexpr std::string_view no_features{"-"};

constexpr std::string_view name_of(Purpose purpose) {
  return purpose == Purpose::upload ? "upload" : "status";
}

/// Cuts `AIRLIFT 1 ` off; false when it is not there.
bool take_start(std::string_view& line) {
  return codec::take_until(line, ' ') == extension_name && codec::take_until(line, ' ') == extension_version;
}

/// Cuts a line and its `\n` off; nothing when no `\n` is there.
std::optional<std::string_view> take_line(std::string_view& text) {
  if (text.find('\n') == std::string_view::npos) return std::nullopt;
  return codec::take_until(text, '\n');
}

std::optional<ExtensionRequest> parse_request(std::string_view line, Purpose purpose) {
  if (!take_start(line) || codec::take_until(line, ' ') != name_of(purpose)) return std::nullopt;
  const auto port = codec::parse_number(codec::take_until(line, ' '), 0xFFFF);
  ExtensionRequest request;
  if (!port || !codec::from_hex(line, request.cnonce)) return std::nullopt;
  request.purpose = purpose;
  request.host_port = static_cast<std::uint16_t>(*port);
  return request;
}

bool are_features(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return text == no_features || (!text.empty() && std::all_of(text.begin(), text.end(), is_letter));
}

bool has(std::string_view features, char letter) {
  return features.find(letter) != std::string_view::npos;
}

}  // namespace

ExtensionRequestText format_extension_request(const ExtensionRequest& request) {
  ExtensionRequestText text{extension_name};
  text.append(" ").append(extension_version).append(" ").append(name_of(request.purpose));
  text.append(" ").append_number(request.host_port);
  text.append(" ").append(codec::view(codec::to_hex(request.cnonce))).append("\n");
  return text;
}

std::optional<ExtensionRequest> find_extension_request(Bytes datagram) {
  std::string_view text = as_text(datagram);
  const auto first = take_line(text);
  if (!first) return std::nullopt;
  std::string_view start = *first;
  if (take_start(start)) return parse_request(*first, Purpose::status);
  const auto second = take_line(text);
  return second ? parse_request(*second, Purpose::upload) : std::nullopt;
}

ExtensionAnswerText format_extension_answer(const ExtensionAnswer& answer) {
  FixedString<4> features;
  features.append(answer.password ? "p" : "").append(answer.gzip ? "z" : "");
  features.append(answer.tls ? "t" : "").append(answer.tls_required ? "T" : "");
  ExtensionAnswerText text{extension_name};
  text.append(" ").append(extension_version).append(" ").append_number(answer.port);
  text.append(" ").append(features.empty() ? no_features : features.view());
  text.append(" ").append(codec::view(codec::to_hex(answer.salt)));
  text.append(" ").append(codec::view(codec::to_hex(answer.nonce)));
  return text;
}

std::optional<ExtensionAnswer> parse_extension_answer(Bytes datagram) {
  std::string_view line = as_text(datagram);
  if (line.size() > longest_reply_bytes || !take_start(line)) return std::nullopt;
  const auto port = codec::parse_number(codec::take_until(line, ' '), 0xFFFF);
  const std::string_view features = codec::take_until(line, ' ');
  ExtensionAnswer answer;
  if (!port || !are_features(features) || !codec::from_hex(codec::take_until(line, ' '), answer.salt) ||
      !codec::from_hex(line, answer.nonce)) {
    return std::nullopt;
  }
  answer.port = static_cast<std::uint16_t>(*port);
  answer.password = has(features, 'p');
  answer.gzip = has(features, 'z');
  answer.tls = has(features, 't');
  answer.tls_required = has(features, 'T');
  return answer;
}

}  // namespace airlift::wire
