// The body of a form with a file: airlift/http/multipart_reader.hpp. Input: how it is cut (1 byte), the
// content type up to a line feed, the body.

#include <algorithm>
#include <string>

#include "airlift/codec/text.hpp"
#include "airlift/http/multipart_reader.hpp"
#include "require.hpp"

using airlift::fuzz::require;
using airlift::http::MultipartReader;
using State = MultipartReader::State;

namespace {

struct Outcome {
  bool started{false};
  State state{State::refused};
  std::string field;
  std::string file;
  std::uint64_t file_bytes{0};
  std::size_t taken{0};

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome read(std::string_view type, airlift::Bytes body, std::size_t piece_bytes) {
  MultipartReader reader;
  Outcome outcome;
  outcome.started = reader.start(type, body.size());
  while (outcome.taken < body.size() && reader.state() != State::done && reader.state() != State::refused) {
    const airlift::Bytes piece =
        body.subspan(outcome.taken, std::min(piece_bytes, body.size() - outcome.taken));
    if (reader.state() == State::file) {
      outcome.file_bytes = reader.file_bytes();
      const std::size_t count =
          static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), reader.file_bytes_left()));
      outcome.file.append(airlift::as_text(piece.first(count)));
      reader.took_file(piece.first(count));
      outcome.taken += count;
      // How far it came until a delimiter was found in the file is a matter of the pieces.
      if (reader.state() == State::refused) outcome = {true, State::refused, {}, {}, 0, 0};
    } else {
      outcome.taken += reader.take(piece);
    }
  }
  outcome.state = reader.state();
  if (outcome.taken > 0) outcome.field = reader.field();
  return outcome;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view text = airlift::as_text({data + 1, size - 1});
  const std::string_view type = airlift::codec::take_until(text, '\n');
  const airlift::Bytes body = airlift::as_bytes(text);
  const Outcome outcome = read(type, body, std::max<std::size_t>(body.size(), 1));
  require(outcome == read(type, body, 1 + data[0] % 16U), "the pieces do not matter");
  require(outcome.started || outcome.taken == 0, "nothing is taken of what cannot be read");
  require(outcome.file.size() <= body.size(), "no byte comes from nowhere");
  if (outcome.state != State::done) return 0;
  require(outcome.taken == body.size(), "a whole body is taken to its end");
  require(outcome.file.size() == outcome.file_bytes, "the file has the size that was told before");
  require(!outcome.field.empty(), "the file has a name");
  const std::size_t ending = text.rfind("\r\n--");
  require(ending != std::string_view::npos && text.substr(0, ending).ends_with(outcome.file),
          "the file stands before the last delimiter");
  return 0;
}
