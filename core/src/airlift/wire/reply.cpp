#include "airlift/wire/reply.hpp"

#include "airlift/codec/text.hpp"

namespace airlift::wire {
namespace {

std::string_view without_line_end(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.remove_suffix(1);
  return text;
}

bool is_nonce(std::string_view text) {
  return codec::is_hex(text) && (text.size() == nonce_chars(PasswordScheme::md5) ||
                                 text.size() == nonce_chars(PasswordScheme::sha256));
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

}  // namespace

Reply parse_reply(Bytes datagram) {
  const std::string_view text = without_line_end(as_text(datagram));
  if (text == ok_answer) return {Reply::Kind::accepted, {}};
  if (text == wrong_password_answer) return {Reply::Kind::wrong_password, {}};
  if (starts_with(text, challenge_prefix) && is_nonce(text.substr(challenge_prefix.size()))) {
    return {Reply::Kind::challenge, text.substr(challenge_prefix.size())};
  }
  if (starts_with(text, refusal_prefix)) {
    return {Reply::Kind::refused, codec::printable<longest_reply_bytes>(text.substr(refusal_prefix.size()))};
  }
  return {Reply::Kind::unknown, codec::printable<longest_reply_bytes>(text)};
}

ReplyText format_challenge(std::string_view nonce) {
  ReplyText text{challenge_prefix};
  text.append(nonce);
  return text;
}

ReplyText format_refusal(UpdateError error, std::string_view detail) {
  if (error == UpdateError::wrong_password) return wrong_password_answer;
  ReplyText text{refusal_prefix};
  text.append(text_of(error));
  if (!detail.empty()) text.append(": ").append(detail);
  return text;
}

}  // namespace airlift::wire
