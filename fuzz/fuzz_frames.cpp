// The frames of a stranger on TCP: airlift/wire/frame.hpp.
// Input: a byte whose lowest bit says whose frames are expected, then the stream. The bytes behind the first
// are also taken for a payload.

#include <algorithm>
#include <string>
#include <vector>

#include "airlift/wire/frame.hpp"
#include "require.hpp"

using airlift::Bytes;
using airlift::fuzz::require;
namespace wire = airlift::wire;
using State = wire::FrameReader::State;
using wire::FrameType;

namespace {

const wire::Key session_key{1, 2, 3};

struct Seen {
  std::vector<std::pair<FrameType, std::string>> frames;
  State state{State::header};
  std::size_t missing{0};
  friend bool operator==(const Seen&, const Seen&) = default;
};

/// Gives the reader at most `most` bytes of `bytes`, which is not empty.
std::size_t step(wire::FrameReader& reader, Bytes bytes, std::size_t most, Seen& seen) {
  if (reader.state() == State::data) {
    const std::size_t count = std::min({reader.data_left(), bytes.size(), most});
    if (seen.frames.empty() || seen.state != State::data) seen.frames.emplace_back(FrameType::data, "");
    seen.frames.back().second += airlift::as_text(bytes.first(count));
    reader.data_taken(count);
    seen.state = reader.state();
    return count;
  }
  const airlift::MutableBytes room = reader.room();
  require(!room.empty(), "a reader that is not broken wants bytes");
  const std::size_t count = std::min({room.size(), bytes.size(), most});
  std::copy_n(bytes.begin(), count, room.begin());
  reader.took(count);
  return count;
}

/// Feeds `bytes` in pieces whose sizes are the bytes of `sizes`, over and over.
Seen read_in_pieces(wire::FrameReader::From from, Bytes bytes, Bytes sizes) {
  wire::FrameReader reader{from};
  Seen seen;
  for (std::size_t i = 0; !bytes.empty() && reader.state() != State::broken; ++i) {
    const std::size_t most = std::max<std::size_t>(sizes[i % sizes.size()], 1);
    bytes = bytes.subspan(step(reader, bytes, most, seen));
    if (reader.state() == State::frame) {
      seen.frames.emplace_back(reader.type(), airlift::as_text(reader.payload()));
      reader.next();
    }
  }
  seen.state = reader.state();
  seen.missing = seen.state == State::data ? reader.data_left() : reader.room().size();
  return seen;
}

/// `frame` is what the message that `payload` says was written as.
void require_same(const wire::FrameBytes& frame, std::size_t size, FrameType type, Bytes payload,
                  std::size_t mac_bytes) {
  const Bytes written = Bytes{frame}.first(size).subspan(wire::frame_header_bytes);
  const auto header = wire::encode_frame_header(type, payload.size());
  require(std::equal(header.begin(), header.end(), frame.begin()), "the header comes back");
  require(written.size() == payload.size(), "the length comes back");
  require(std::equal(payload.begin(), payload.end() - mac_bytes, written.begin()),
          "what decodes encodes the same");
  require(mac_bytes == 0 || wire::mac_is_right(session_key, type, written),
          "what is written has a right MAC");
}

template <typename Message>
void check(const airlift::Result<Message>& message, FrameType type, Bytes payload) {
  require(message.ok() || message.error() == airlift::UpdateError::bad_message,
          "it is refused as bad_message");
  if (!message.ok()) return;
  wire::FrameBytes frame{};
  if constexpr (std::is_same_v<Message, wire::Secure> || std::is_same_v<Message, wire::Progress>) {
    require_same(frame, wire::encode(message.value(), frame), type, payload, 0);
  } else if constexpr (std::is_same_v<Message, std::string_view>) {
    require_same(frame, wire::encode_status(message.value(), session_key, frame), type, payload,
                 wire::mac_bytes);
  } else {
    require_same(frame, wire::encode(message.value(), session_key, frame), type, payload, wire::mac_bytes);
  }
}

void check_payload(Bytes payload) {
  check(wire::decode_secure(payload), FrameType::secure, payload);
  check(wire::decode_offer(payload), FrameType::offer, payload);
  check(wire::decode_query(payload), FrameType::query, payload);
  check(wire::decode_progress(payload), FrameType::progress, payload);
  check(wire::decode_status(payload), FrameType::status, payload);
  const auto answer = wire::decode_answer(payload);
  check(answer, FrameType::answer, payload);
  require(!answer.ok() || airlift::fuzz::is_printable(answer.value().detail),
          "an answer's detail is printable");
  const auto result = wire::decode_result(payload);
  check(result, FrameType::result, payload);
  require(!result.ok() || airlift::fuzz::is_printable(result.value().detail),
          "a result's detail is printable");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto from = data[0] % 2 == 0 ? wire::FrameReader::From::uploader : wire::FrameReader::From::device;
  const Bytes bytes{data + 1, size - 1};
  constexpr std::uint8_t whole[]{255};
  constexpr std::uint8_t one[]{1};
  const Seen seen = read_in_pieces(from, bytes, whole);
  require(read_in_pieces(from, bytes, one) == seen, "byte by byte says the same");
  require(read_in_pieces(from, bytes, bytes) == seen, "any cut says the same");
  for (const auto& [type, payload] : seen.frames) {
    require(type == FrameType::data || payload.size() <= wire::longest_payload_bytes, "memory is bounded");
    if (type != FrameType::data) check_payload(airlift::as_bytes(payload));
  }
  check_payload(bytes);
  return 0;
}
