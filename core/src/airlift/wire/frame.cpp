#include "airlift/wire/frame.hpp"

#include <algorithm>

#include "airlift/base/endian.hpp"
#include "airlift/codec/text.hpp"
#include "airlift/crypto/backend.hpp"

namespace airlift::wire {
namespace {

constexpr std::size_t nonce_bytes{std::tuple_size_v<DeviceNonce>};
constexpr std::size_t digest_bytes{std::tuple_size_v<crypto::Sha256Digest>};
constexpr std::size_t offset_bytes{4};

// What a frame has without its text or trailer, in the order of the byte table.
constexpr std::size_t secure_bytes{nonce_bytes};
constexpr std::size_t offer_bytes{nonce_bytes + 1 + 1 + 4 + digest_bytes + 2 + mac_bytes};
constexpr std::size_t query_bytes{nonce_bytes + mac_bytes};
constexpr std::size_t answer_bytes{1 + offset_bytes + digest_bytes + mac_bytes};
constexpr std::size_t result_bytes{1 + 1 + digest_bytes + mac_bytes};

constexpr std::uint8_t flag_compressed{1};
constexpr std::uint8_t flag_from_the_start{2};
constexpr std::uint8_t flag_starts_next{1};

constexpr FrameReader::From sender_of(FrameType type) {
  return static_cast<std::uint8_t>(type) < static_cast<std::uint8_t>(FrameType::answer)
             ? FrameReader::From::uploader
             : FrameReader::From::device;
}

bool has_length_of(FrameType type, std::size_t size) {
  const auto lengths = payload_lengths(type);
  return lengths && size >= lengths->least && size <= lengths->most;
}

/// Writes one frame. What it is given fits: the types of the messages bound it.
class FrameWriter {
 public:
  explicit FrameWriter(FrameBytes& into) : into_{into} {}

  FrameWriter& byte(std::uint8_t value) {
    into_[size_++] = value;
    return *this;
  }
  FrameWriter& number16(std::size_t value) {
    store_le16(&into_[size_], static_cast<std::uint16_t>(value));
    size_ += 2;
    return *this;
  }
  FrameWriter& number32(std::uint32_t value) {
    store_le32(&into_[size_], value);
    size_ += 4;
    return *this;
  }
  FrameWriter& bytes(Bytes bytes) {
    assert(bytes.size() <= into_.size() - size_);
    std::copy(bytes.begin(), bytes.end(), &into_[size_]);
    size_ += bytes.size();
    return *this;
  }
  FrameWriter& text(std::string_view text) { return bytes(as_bytes(text)); }

  /// Completes the frame and gives its size.
  [[nodiscard]] std::size_t finish(FrameType type) {
    const auto header = encode_frame_header(type, size_ - frame_header_bytes);
    std::copy(header.begin(), header.end(), into_.begin());
    return size_;
  }
  [[nodiscard]] std::size_t finish(FrameType type, const Key& session_key) {
    const Bytes payload{&into_[frame_header_bytes], size_ - frame_header_bytes};
    bytes(frame_mac(session_key, static_cast<std::uint8_t>(type), payload));
    return finish(type);
  }

 private:
  FrameBytes& into_;
  std::size_t size_{frame_header_bytes};
};

/// Takes a payload apart; its length has been checked.
class PayloadReader {
 public:
  explicit PayloadReader(Bytes payload) : left_{payload} {}

  [[nodiscard]] std::uint8_t byte() { return *take(1).data(); }
  [[nodiscard]] std::size_t number16() { return load_le16(take(2).data()); }
  [[nodiscard]] std::uint32_t number32() { return load_le32(take(4).data()); }
  [[nodiscard]] std::array<std::uint8_t, 32> array32() {
    std::array<std::uint8_t, 32> result{};
    const Bytes bytes = take(result.size());
    std::copy(bytes.begin(), bytes.end(), result.begin());
    return result;
  }
  /// What stands between here and the MAC.
  [[nodiscard]] Bytes up_to_mac() { return take(left_.size() - mac_bytes); }

 private:
  Bytes take(std::size_t count) {
    const Bytes taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }

  Bytes left_;
};

constexpr std::uint8_t flag_if(bool set, std::uint8_t flag) {
  return set ? flag : std::uint8_t{0};
}

}  // namespace

std::optional<PayloadLengths> payload_lengths(FrameType type) {
  switch (type) {
    case FrameType::secure:
      return PayloadLengths{secure_bytes, secure_bytes};
    case FrameType::offer:
      return PayloadLengths{offer_bytes, offer_bytes + longest_frame_trailer_bytes};
    case FrameType::query:
      return PayloadLengths{query_bytes, query_bytes};
    case FrameType::data:
      return PayloadLengths{1, longest_data_bytes};
    case FrameType::answer:
      return PayloadLengths{answer_bytes, answer_bytes + longest_detail_bytes};
    case FrameType::progress:
      return PayloadLengths{offset_bytes, offset_bytes};
    case FrameType::result:
      return PayloadLengths{result_bytes, result_bytes + longest_detail_bytes};
    case FrameType::status:
      return PayloadLengths{mac_bytes, longest_payload_bytes};
  }
  return std::nullopt;
}

std::array<std::uint8_t, frame_header_bytes> encode_frame_header(FrameType type, std::size_t payload_bytes) {
  std::array<std::uint8_t, frame_header_bytes> header{};
  store_le32(header.data(), static_cast<std::uint32_t>(payload_bytes) << 8 | static_cast<std::uint8_t>(type));
  return header;
}

void FrameReader::start() {
  type_ = FrameType::secure;
  enter(State::header, frame_header_bytes);
}

void FrameReader::enter(State state, std::size_t wanted) {
  state_ = state;
  wanted_ = wanted;
  taken_ = 0;
}

MutableBytes FrameReader::room() {
  switch (state_) {
    case State::header:
      return MutableBytes{header_}.subspan(taken_);
    case State::payload:
      return MutableBytes{payload_}.subspan(taken_, wanted_ - taken_);
    case State::frame:
    case State::data:
    case State::broken:
      return {};
  }
  return {};
}

void FrameReader::took(std::size_t count) {
  assert(count <= room().size());
  taken_ += count;
  if (taken_ < wanted_) return;
  if (state_ == State::header) {
    read_header();
  } else if (state_ == State::payload) {
    enter(State::frame, wanted_);
  }
}

void FrameReader::read_header() {
  type_ = static_cast<FrameType>(header_[0]);
  const std::size_t size = load_le32(header_.data()) >> 8;
  if (!has_length_of(type_, size) || sender_of(type_) != from_) {
    enter(State::broken, 0);
  } else {
    enter(type_ == FrameType::data ? State::data : State::payload, size);
  }
}

Bytes FrameReader::payload() const {
  assert(state_ == State::frame);
  return Bytes{payload_}.first(wanted_);
}

void FrameReader::next() {
  assert(state_ == State::frame);
  enter(State::header, frame_header_bytes);
}

void FrameReader::data_taken(std::size_t count) {
  assert(state_ == State::data && count <= data_left());
  taken_ += count;
  if (taken_ == wanted_) enter(State::header, frame_header_bytes);
}

bool mac_is_right(const Key& session_key, FrameType type, Bytes payload) {
  if (payload.size() < mac_bytes) return false;
  const std::size_t mac_at = payload.size() - mac_bytes;
  const Mac expected = frame_mac(session_key, static_cast<std::uint8_t>(type), payload.first(mac_at));
  return crypto::backend::equal_constant_time(expected, payload.subspan(mac_at));
}

std::size_t encode(const Secure& secure, FrameBytes& into) {
  return FrameWriter{into}.bytes(secure.nonce).finish(FrameType::secure);
}

Result<Secure> decode_secure(Bytes payload) {
  if (!has_length_of(FrameType::secure, payload.size())) return UpdateError::bad_message;
  return Secure{PayloadReader{payload}.array32()};
}

std::size_t encode(const Offer& offer, const Key& session_key, FrameBytes& into) {
  FrameWriter frame{into};
  frame.bytes(offer.nonce).byte(static_cast<std::uint8_t>(offer.command));
  frame.byte(static_cast<std::uint8_t>(flag_if(offer.compressed, flag_compressed) |
                                       flag_if(offer.from_the_start, flag_from_the_start)));
  frame.number32(offer.size_bytes).bytes(offer.sha256).number16(offer.trailer.size()).bytes(offer.trailer);
  return frame.finish(FrameType::offer, session_key);
}

Result<Offer> decode_offer(Bytes payload) {
  if (!has_length_of(FrameType::offer, payload.size())) return UpdateError::bad_message;
  PayloadReader reader{payload};
  Offer offer;
  offer.nonce = reader.array32();
  offer.command = static_cast<Command>(reader.byte());
  const std::uint8_t flags = reader.byte();
  offer.compressed = (flags & flag_compressed) != 0;
  offer.from_the_start = (flags & flag_from_the_start) != 0;
  offer.size_bytes = reader.number32();
  offer.sha256 = reader.array32();
  const std::size_t trailer_bytes = reader.number16();
  offer.trailer = reader.up_to_mac();
  const bool is_upload = offer.command == Command::firmware || offer.command == Command::filesystem;
  if (!is_upload || flags > (flag_compressed | flag_from_the_start) || offer.size_bytes == 0 ||
      trailer_bytes != offer.trailer.size()) {
    return UpdateError::bad_message;
  }
  return offer;
}

std::size_t encode(const Query& query, const Key& session_key, FrameBytes& into) {
  return FrameWriter{into}.bytes(query.nonce).finish(FrameType::query, session_key);
}

Result<Query> decode_query(Bytes payload) {
  if (!has_length_of(FrameType::query, payload.size())) return UpdateError::bad_message;
  return Query{PayloadReader{payload}.array32()};
}

std::size_t encode(const Answer& answer, const Key& session_key, FrameBytes& into) {
  FrameWriter frame{into};
  frame.byte(static_cast<std::uint8_t>(answer.error)).number32(answer.offset).bytes(answer.prefix_sha256);
  frame.text(codec::printable<longest_detail_bytes>(answer.detail));
  return frame.finish(FrameType::answer, session_key);
}

Result<Answer> decode_answer(Bytes payload) {
  if (!has_length_of(FrameType::answer, payload.size())) return UpdateError::bad_message;
  PayloadReader reader{payload};
  Answer answer;
  answer.error = static_cast<UpdateError>(reader.byte());
  answer.offset = reader.number32();
  answer.prefix_sha256 = reader.array32();
  const std::string_view detail = as_text(reader.up_to_mac());
  if (!codec::all_printable(detail)) return UpdateError::bad_message;
  answer.detail = detail;
  return answer;
}

std::size_t encode(const Progress& progress, FrameBytes& into) {
  return FrameWriter{into}.number32(progress.offset).finish(FrameType::progress);
}

Result<Progress> decode_progress(Bytes payload) {
  if (!has_length_of(FrameType::progress, payload.size())) return UpdateError::bad_message;
  return Progress{PayloadReader{payload}.number32()};
}

std::size_t encode(const UploadResult& result, const Key& session_key, FrameBytes& into) {
  FrameWriter frame{into};
  frame.byte(static_cast<std::uint8_t>(result.error)).byte(flag_if(result.starts_next, flag_starts_next));
  frame.bytes(result.image_sha256).text(codec::printable<longest_detail_bytes>(result.detail));
  return frame.finish(FrameType::result, session_key);
}

Result<UploadResult> decode_result(Bytes payload) {
  if (!has_length_of(FrameType::result, payload.size())) return UpdateError::bad_message;
  PayloadReader reader{payload};
  UploadResult result;
  result.error = static_cast<UpdateError>(reader.byte());
  const std::uint8_t flags = reader.byte();
  result.starts_next = flags == flag_starts_next;
  result.image_sha256 = reader.array32();
  const std::string_view detail = as_text(reader.up_to_mac());
  if (flags > flag_starts_next || !codec::all_printable(detail)) return UpdateError::bad_message;
  result.detail = detail;
  return result;
}

std::size_t encode_status(std::string_view text, const Key& session_key, FrameBytes& into) {
  assert(text.size() <= longest_status_bytes);
  return FrameWriter{into}.text(text).finish(FrameType::status, session_key);
}

Result<std::string_view> decode_status(Bytes payload) {
  if (!has_length_of(FrameType::status, payload.size())) return UpdateError::bad_message;
  return as_text(PayloadReader{payload}.up_to_mac());
}

}  // namespace airlift::wire
