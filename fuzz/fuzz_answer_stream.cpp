// What a device, or whatever connected back in its place, sends during the upload:
// airlift/wire/answer_stream.hpp.

#include <algorithm>
#include <string>
#include <tuple>

#include "airlift/wire/answer_stream.hpp"
#include "require.hpp"

using airlift::fuzz::require;
namespace wire = airlift::wire;
using Kind = wire::AnswerStream::Result;

namespace {

using Seen = std::tuple<Kind, bool, std::uint32_t, int, std::string>;

Seen what_it_says(const wire::AnswerStream& stream) {
  return {stream.result(), stream.complete(), stream.count_digits(), stream.error_number(),
          std::string{stream.error_text()}};
}

/// Feeds `bytes` in pieces whose sizes are the bytes of `sizes`, over and over; 0 is an empty piece.
wire::AnswerStream fed_in_pieces(airlift::Bytes bytes, airlift::Bytes sizes) {
  wire::AnswerStream stream;
  // An empty piece at most every other time, so that it ends.
  for (std::size_t i = 0; !bytes.empty(); ++i) {
    const std::size_t wanted = std::max<std::size_t>(sizes[i / 2 % sizes.size()] % 17U, i % 2);
    const std::size_t count = std::min(wanted, bytes.size());
    stream.feed(bytes.first(count));
    bytes = bytes.subspan(count);
  }
  return stream;
}

/// The rule said another way: the first byte that belongs to no count decides.
Kind expected_result(std::string_view text) {
  const std::size_t at = text.find_first_not_of("0123456789\r\n");
  if (at == std::string_view::npos) return Kind::none_yet;
  const std::string_view rest = text.substr(at);
  if (rest == "O") return Kind::none_yet;
  if (rest.substr(0, 2) == "OK") return Kind::ok;
  const bool letter = (rest[0] >= 'A' && rest[0] <= 'Z') || (rest[0] >= 'a' && rest[0] <= 'z');
  return letter ? Kind::error : Kind::nonsense;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const airlift::Bytes bytes{data, size};
  wire::AnswerStream whole;
  whole.feed(bytes);
  const Seen seen = what_it_says(whole);

  constexpr std::uint8_t one[]{1};
  require(what_it_says(fed_in_pieces(bytes, one)) == seen, "byte by byte says the same");
  if (size > 0) require(what_it_says(fed_in_pieces(bytes, bytes)) == seen, "any cut says the same");

  require(whole.result() == expected_result(airlift::as_text(bytes)), "the first letter decides");
  require(whole.count_digits() <= size, "no more digits than bytes");
  require(whole.error_number() >= 0 && whole.error_number() <= 255, "an error number is a byte");
  require(airlift::fuzz::is_printable(whole.error_text()), "text for the terminal is printable");
  require(whole.error_text().size() <= wire::ErrorLine::capacity(), "memory is bounded");
  require(whole.error_text().empty() || whole.result() == Kind::error, "only an error has words");

  if (whole.complete()) {
    whole.feed(airlift::as_bytes("12OKERROR[9]: later\n\xff"));
    require(what_it_says(whole) == seen, "what has ended does not change");
  }
  return 0;
}
