#pragma once
// The offer, the answer to it, and what the device says until its result: the uploader's course on a
// connection of Airlift's extension, without sockets, files and clocks. docs/design/upload-protocol.md,
// "Frames".

#include <optional>
#include <string>

#include "airlift/base/time.hpp"
#include "airlift/wire/frame.hpp"
#include "image_sender.hpp"

namespace airlift::cli {

class ExtensionTransfer {
 public:
  enum class State : std::uint8_t {
    offering,         ///< an ANSWER, the connection's end or answer_timeout ends it
    checking,         ///< the digest of what the device has: prefix_is() ends it
    sending,          ///< all_sent(), a RESULT, the connection's end or stall_timeout ends it
    awaiting_result,  ///< a RESULT, the connection's end, stall_timeout without a word, or, when the device
                      ///< has all bytes, result_timeout ends it
    ended,            ///< final; end() says how
  };

  /// A device derives its key from the password, and erases, before it answers.
  static constexpr milliseconds answer_timeout{15000};
  static constexpr milliseconds stall_timeout{10000};
  static constexpr milliseconds result_timeout{60000};

  struct Plan {
    wire::Offer offer;  ///< what it views outlives the transfer
    wire::Key session_key{};
    std::string device_text;  ///< for messages
  };

  ExtensionTransfer(Instant now, Plan plan);

  /// The frame to send first; gives its size.
  [[nodiscard]] std::size_t encode_offer(wire::FrameBytes& into) const;

  // What happened. Anything may come at any time; what does not fit the state is ignored.
  void frame(Instant now, wire::FrameType type, Bytes payload);
  /// connection_lost: closed or broken; tls_failed; bad_message.
  void connection_ended(Instant now, UpdateError error);
  void prefix_is(Instant now, const crypto::Sha256Digest& digest);
  void bytes_taken(Instant now);  ///< by the connection, some
  void all_sent(Instant now);
  void tick(Instant now);          ///< to be called at wake_at() at the latest
  void fail(PushFailure failure);  ///< something failed outside: the file

  // What to do.
  /// In `checking`: the first so many bytes of the file are wanted as digest. In `sending`: the file is to be
  /// sent from here on, as the offer says: as it is, or as gzip stream.
  [[nodiscard]] std::uint32_t offset() const { return answer_.offset; }
  [[nodiscard]] std::uint32_t taken_bytes() const { return device_has_; }
  [[nodiscard]] Instant wake_at() const { return wake_at_; }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool finished() const { return state_ == State::ended; }
  [[nodiscard]] Stage stage() const;
  /// Only when ended.
  [[nodiscard]] const TransferEnd& end() const { return end_; }

 private:
  void on_answer(Bytes payload, bool proven);
  void on_progress(Bytes payload);
  void on_result(Bytes payload, bool proven);
  void begin_sending();
  void enter(State state, milliseconds wake_in);
  void end(TransferEnd end);
  void fail(UpdateError code, std::string message, TransferEnd::Remedy remedy = TransferEnd::Remedy::none);
  void refuse(Stage stage, std::string_view what, UpdateError error, std::string_view detail);
  void bad_message(std::string_view what);
  void not_proven();
  void overdue();
  [[nodiscard]] bool device_has_all() const { return device_has_ == plan_.offer.size_bytes; }

  Plan plan_;
  State state_{State::offering};
  Instant now_;
  Instant wake_at_{};
  wire::Answer answer_;
  std::uint32_t device_has_{0};
  TransferEnd end_;
};

}  // namespace airlift::cli
