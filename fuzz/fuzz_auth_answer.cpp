// A stranger's answer to a challenge: airlift/wire/password.hpp.

#include <string>

#include "airlift/codec/text.hpp"
#include "airlift/wire/invitation.hpp"
#include "airlift/wire/password.hpp"
#include "require.hpp"

using airlift::fuzz::require;
namespace wire = airlift::wire;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const airlift::Bytes datagram{data, size};
  const std::string first_line{airlift::codec::first_line(airlift::as_text(datagram))};
  require(wire::is_auth_answer(datagram) == (first_line == "200" || first_line.substr(0, 4) == "200 "),
          "an answer is known by its command");

  const auto result = wire::parse_auth_answer(datagram);
  if (!result.ok()) {
    require(result.error() == airlift::UpdateError::bad_invitation, "refused with its error");
    return 0;
  }
  const wire::AuthAnswer& answer = result.value();
  require(wire::is_auth_answer(datagram), "what is read is an answer");
  require(!wire::parse_invitation(datagram).ok(), "an answer is no invitation");
  const std::size_t expected = wire::nonce_chars(answer.scheme);
  require(answer.cnonce.size() == expected && answer.response.size() == expected,
          "both as long as the scheme says");
  const wire::AuthAnswerText text = wire::format_auth_answer(answer);
  require(!text.truncated() && text.view() == first_line + "\n", "written as it was read");

  wire::PasswordProof proof{"password", wire::StoredHash::md5, answer.response, answer.cnonce, answer.scheme};
  proof.step(3);  // not all 10,000: the parser is what is tried here
  require(proof.done() == (answer.scheme == wire::PasswordScheme::md5),
          "only the MD5 scheme is done at once");
  if (proof.done()) require(proof.response().size() == expected, "the response fits the scheme");
  return 0;
}
