// What the uploader reads from whatever answers on the device's port: airlift/wire/reply.hpp.

#include <string>

#include "airlift/wire/reply.hpp"
#include "require.hpp"

using airlift::fuzz::require;
namespace wire = airlift::wire;
using Kind = wire::Reply::Kind;

namespace {

void check_parse(airlift::Bytes datagram) {
  const wire::Reply reply = wire::parse_reply(datagram);
  const std::string text{airlift::as_text(datagram)};
  require(airlift::fuzz::is_printable(reply.text), "text for the terminal is printable");

  const wire::Reply with_line_end = wire::parse_reply(airlift::as_bytes(text + " \r\n"));
  require(with_line_end.kind == reply.kind && with_line_end.text.view() == reply.text.view(),
          "a line end changes nothing");

  switch (reply.kind) {
    case Kind::accepted:
      require(text.starts_with("OK") && reply.text.empty(), "accepted by OK only");
      return;
    case Kind::challenge:
      require(text.starts_with(wire::format_challenge(reply.text).view()), "the challenge is the one sent");
      require(reply.text.size() == 32 || reply.text.size() == 64, "a nonce of one of the two schemes");
      return;
    case Kind::wrong_password:
      require(text.starts_with(wire::wrong_password_answer), "a wrong password in the known words");
      return;
    case Kind::refused:
      require(text.starts_with(wire::refusal_prefix), "refused by ERR: only");
      return;
    case Kind::unknown:
      require(text.find_first_not_of(" \r\n") == std::string::npos || !reply.text.empty(),
              "something is shown");
      return;
  }
}

/// The device's own refusals, whatever detail they carry.
void check_format(airlift::Bytes input) {
  if (input.empty() || input[0] == 0) return;
  const auto error = static_cast<airlift::UpdateError>(input[0]);
  const wire::ReplyText text = wire::format_refusal(error, airlift::as_text(input.subspan(1)));
  require(text.size() <= wire::longest_reply_bytes, "a refusal fits espota's buffer");
  const Kind kind = wire::parse_reply(airlift::as_bytes(text)).kind;
  require(kind == (error == airlift::UpdateError::wrong_password ? Kind::wrong_password : Kind::refused),
          "our refusals are understood");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_parse({data, size});
  check_format({data, size});
  return 0;
}
