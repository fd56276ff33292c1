// What a browser, or whoever pretends to be one, sends to the device's page: airlift/http/request_reader.hpp.

#include <algorithm>
#include <string>

#include "airlift/http/request_reader.hpp"
#include "require.hpp"

using airlift::fuzz::require;
namespace http = airlift::http;
using State = http::RequestReader::State;

namespace {

std::size_t feed(http::RequestReader& reader, airlift::Bytes bytes, std::size_t piece) {
  std::size_t taken{0};
  while (taken < bytes.size() && reader.state() == State::head) {
    taken += reader.take(bytes.subspan(taken, std::min(piece, bytes.size() - taken)));
  }
  return taken;
}

/// A reader that is asked for more headers than it has room for itself.
struct Reader {
  std::array<http::ExtraHeader, 3> extra{http::ExtraHeader{"Range", {}}, http::ExtraHeader{"If-Match", {}},
                                         http::ExtraHeader{"x-ESP8266-version", {}}};
  http::RequestReader reader{extra};
};

/// Everything but the body's length, for comparing.
std::string text_of(const http::Request& request) {
  std::string text = std::to_string(static_cast<int>(request.method)) + (request.keep_alive ? "k" : "c") +
                     (request.http_1_1 ? "1" : "0") + std::to_string(request.content_length.value_or(0));
  for (const std::string_view part :
       {request.target, request.path, request.query, request.host, request.authorization, request.cookie,
        request.csrf_token, request.origin, request.fetch_site, request.user_agent, request.content_type,
        request.accept, request.accept_encoding, request.if_none_match, request.expect}) {
    text.append(part).append("\n");
  }
  return text;
}

void check_path(std::string_view path) {
  require(path.empty() || path.front() == '/', "a path begins with a slash");
  require(path.find("..") == std::string_view::npos && path.find('\\') == std::string_view::npos,
          "no path leads elsewhere");
  require(airlift::fuzz::is_printable(path), "no path has what cannot be printed");
}

/// Nothing that another program could read differently is taken.
void check_head(std::string_view head) {
  require(head.size() <= http::longest_head_bytes, "the head keeps to its limit");
  require(head.substr(head.size() - 4) == "\r\n\r\n", "the head ends with an empty line");
  require(head.find("\r\n\r\n") == head.size() - 4, "the head ends with its first empty line");
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i] == '\n') require(i > 0 && head[i - 1] == '\r', "no bare line feed");
    if (head[i] == '\r') require(head[i + 1] == '\n', "no bare carriage return");
    if (head[i] == '\n' && i + 1 < head.size())
      require(head[i + 1] != ' ' && head[i + 1] != '\t', "not folded");
    require(head[i] != '\0', "no NUL");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const airlift::Bytes input{data + 1, size - 1};
  Reader at_once;
  Reader in_pieces;
  http::RequestReader& whole = at_once.reader;
  http::RequestReader& pieces = in_pieces.reader;
  const std::size_t taken = feed(whole, input, input.size());
  const std::size_t taken_in_pieces = feed(pieces, input, 1 + data[0] % 16U);
  require(whole.state() == pieces.state(), "the pieces do not matter for the verdict");
  // Not for what is refused: where, and which of two reasons comes first, depends on them.
  require(taken == taken_in_pieces || whole.state() == State::refused, "nor for the length");
  switch (whole.state()) {
    case State::head:
      require(taken == input.size() && taken <= http::longest_head_bytes, "what is not whole is bounded");
      break;
    case State::whole:
      require(text_of(whole.request()) == text_of(pieces.request()), "the pieces do not matter");
      for (std::size_t i = 0; i < at_once.extra.size(); ++i) {
        require(at_once.extra[i].value == in_pieces.extra[i].value, "nor in what was asked for besides");
      }
      check_path(whole.request().path);
      check_head(airlift::as_text(input.first(taken)));
      break;
    case State::refused:
      require(whole.status() >= 400 && whole.status() < 600, "a status of refusal");
      break;
  }
  whole.start();
  require(whole.state() == State::head && !whole.begun(), "it begins anew");
  return 0;
}
