// The datagrams of Airlift's extension, in both directions: airlift/wire/extension.hpp.

#include <string>

#include "airlift/codec/text.hpp"
#include "airlift/wire/extension.hpp"
#include "require.hpp"

using airlift::as_bytes;
using airlift::fuzz::require;
namespace wire = airlift::wire;
using Purpose = wire::ExtensionRequest::Purpose;

namespace {

void check_request(std::string_view datagram, const wire::ExtensionRequest& request) {
  // The rule said another way: what stands in front of the line, and where its end is.
  const std::size_t start = request.purpose == Purpose::status ? 0 : datagram.find('\n') + 1;
  const std::size_t end = datagram.find('\n', start);
  require(end != std::string_view::npos, "the line has an end");
  require(request.purpose == (datagram.substr(0, 10) == "AIRLIFT 1 " ? Purpose::status : Purpose::upload),
          "the place tells the purpose");

  require(wire::find_extension_request(as_bytes(datagram.substr(0, end + 1))) == request,
          "what follows the line is invisible");
  require(!wire::find_extension_request(as_bytes(datagram.substr(0, end))),
          "a line that does not end is none");

  const wire::ExtensionRequestText written = wire::format_extension_request(request);
  require(!written.truncated() && written.size() <= end + 1 - start, "written no longer than it was read");
  const std::string whole = std::string{datagram.substr(0, start)} + std::string{written.view()};
  require(wire::find_extension_request(as_bytes(whole)) == request, "what is written reads the same");
}

void check_answer(std::string_view datagram, const wire::ExtensionAnswer& answer) {
  require(datagram.size() <= wire::longest_reply_bytes, "an answer is a reply");
  require(airlift::fuzz::is_printable(datagram), "an answer is printable");
  const wire::ExtensionAnswerText written = wire::format_extension_answer(answer);
  require(!written.truncated() && written.size() <= wire::longest_reply_bytes, "an answer fits");
  const auto back = wire::parse_extension_answer(as_bytes(written));
  require(back && back->port == answer.port && back->salt == answer.salt && back->nonce == answer.nonce,
          "what is written reads the same");
  require(back->password == answer.password && back->gzip == answer.gzip && back->tls == answer.tls &&
              back->tls_required == answer.tls_required,
          "and has the same features");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const airlift::Bytes datagram{data, size};
  const auto request = wire::find_extension_request(datagram);
  const auto answer = wire::parse_extension_answer(datagram);
  require(!request || !answer, "nobody's request is an answer");
  if (request) check_request(airlift::as_text(datagram), *request);
  if (answer) check_answer(airlift::as_text(datagram), *answer);
  return 0;
}
