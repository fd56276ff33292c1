#pragma once
// The frames of Airlift's extension on TCP, and a reader that is fed in any pieces. Byte table:
// docs/design/upload-protocol.md, "Frames".

#include <optional>
#include <tuple>

#include "airlift/base/fixed_string.hpp"
#include "airlift/base/span.hpp"
#include "airlift/base/status.hpp"
#include "airlift/wire/session_key.hpp"

namespace airlift::wire {

enum class FrameType : std::uint8_t {
  secure = 1,
  offer = 2,
  query = 3,
  data = 4,
  answer = 16,
  progress = 17,
  result = 18,
  status = 19,
};

inline constexpr std::size_t frame_header_bytes{4};
inline constexpr std::size_t longest_data_bytes{65535};         ///< of one DATA frame
inline constexpr std::size_t longest_frame_trailer_bytes{768};  ///< of an image, shown in OFFER
inline constexpr std::size_t longest_detail_bytes{96};
inline constexpr std::size_t longest_status_bytes{1400};
inline constexpr std::size_t mac_bytes{std::tuple_size_v<Mac>};

/// The lengths that the payload of a frame can have, its MAC included.
struct PayloadLengths {
  std::size_t least{0};
  std::size_t most{0};
};
/// Nothing for a number that is no type.
[[nodiscard]] std::optional<PayloadLengths> payload_lengths(FrameType type);

/// Of every frame but DATA, MAC included.
inline constexpr std::size_t longest_payload_bytes{longest_status_bytes + mac_bytes};
using FrameBytes = std::array<std::uint8_t, frame_header_bytes + longest_payload_bytes>;

/// The header of a frame with `payload_bytes` behind it, at most 0xFFFFFF.
[[nodiscard]] std::array<std::uint8_t, frame_header_bytes> encode_frame_header(FrameType type,
                                                                               std::size_t payload_bytes);

/// Tells frames apart without looking into them: read what room() asks for, say took(), look at state().
/// The bytes of a DATA frame are not kept: they are the caller's to read, data_left() of them.
class FrameReader {
 public:
  enum class State : std::uint8_t {
    header,   ///< fill room(); a whole header ends it
    payload,  ///< fill room(); the whole payload ends it
    frame,    ///< type() and payload() are there; next() ends it
    data,     ///< data_left() bytes follow, data_taken() ends it
    broken,   ///< final: a type that does not exist, or a length it cannot have
  };
  /// Which side's frames are expected; the other side's are `broken`.
  enum class From : std::uint8_t { uploader, device };

  explicit FrameReader(From from) : from_{from} {}

  /// Begins anew, with a new connection.
  void start();
  [[nodiscard]] State state() const { return state_; }
  /// Where the next bytes belong, and how many are wanted; empty in `frame`, `data` and `broken`.
  [[nodiscard]] MutableBytes room();
  /// Says that `count` bytes were put into the start of room().
  void took(std::size_t count);
  /// In `frame`.
  [[nodiscard]] FrameType type() const { return type_; }
  [[nodiscard]] Bytes payload() const;
  void next();
  /// In `data`.
  [[nodiscard]] std::size_t data_left() const { return wanted_ - taken_; }
  void data_taken(std::size_t count);

 private:
  void enter(State state, std::size_t wanted);
  void read_header();

  From from_;
  State state_{State::header};
  FrameType type_{FrameType::secure};
  std::size_t wanted_{frame_header_bytes};
  std::size_t taken_{0};
  std::array<std::uint8_t, frame_header_bytes> header_{};
  std::array<std::uint8_t, longest_payload_bytes> payload_{};
};

// What the frames say. encode_*() write a whole frame, header and MAC included, and give its size.
// decode_*() take any payload and give what it says, or bad_message; they do not look at the MAC:
// mac_is_right() does, in constant time. What decodes encodes to the same bytes.

/// False, too, for a payload that is too short to have one.
[[nodiscard]] bool mac_is_right(const Key& session_key, FrameType type, Bytes payload);

struct Secure {
  DeviceNonce nonce{};
};
[[nodiscard]] std::size_t encode(const Secure& secure, FrameBytes& into);
[[nodiscard]] Result<Secure> decode_secure(Bytes payload);

struct Offer {
  DeviceNonce nonce{};
  Command command{Command::firmware};  ///< firmware or filesystem
  bool compressed{false};
  bool from_the_start{false};
  std::uint32_t size_bytes{0};    ///< of the file; not 0
  crypto::Sha256Digest sha256{};  ///< of the file
  Bytes trailer;                  ///< a view; at most longest_frame_trailer_bytes, empty: none is shown
};
[[nodiscard]] std::size_t encode(const Offer& offer, const Key& session_key, FrameBytes& into);
[[nodiscard]] Result<Offer> decode_offer(Bytes payload);

struct Query {
  DeviceNonce nonce{};
};
[[nodiscard]] std::size_t encode(const Query& query, const Key& session_key, FrameBytes& into);
[[nodiscard]] Result<Query> decode_query(Bytes payload);

using DetailText = FixedString<longest_detail_bytes>;

struct Answer {
  UpdateError error{UpdateError::none};
  std::uint32_t offset{0};               ///< send from here on
  crypto::Sha256Digest prefix_sha256{};  ///< of the file up to there
  DetailText detail;                     ///< made printable when written; with an error: figures
};
[[nodiscard]] std::size_t encode(const Answer& answer, const Key& session_key, FrameBytes& into);
[[nodiscard]] Result<Answer> decode_answer(Bytes payload);

struct Progress {
  std::uint32_t offset{0};  ///< bytes of the file taken
};
[[nodiscard]] std::size_t encode(const Progress& progress, FrameBytes& into);
[[nodiscard]] Result<Progress> decode_progress(Bytes payload);

struct UploadResult {
  UpdateError error{UpdateError::none};
  bool starts_next{false};              ///< a restart tries the image; false: it waits for its bundle
  crypto::Sha256Digest image_sha256{};  ///< of the image as it lies in the slot
  DetailText detail;
};
[[nodiscard]] std::size_t encode(const UploadResult& result, const Key& session_key, FrameBytes& into);
[[nodiscard]] Result<UploadResult> decode_result(Bytes payload);

/// `text` has at most longest_status_bytes.
[[nodiscard]] std::size_t encode_status(std::string_view text, const Key& session_key, FrameBytes& into);
/// The text; a view of any bytes: parse_status() makes them harmless.
[[nodiscard]] Result<std::string_view> decode_status(Bytes payload);

}  // namespace airlift::wire
