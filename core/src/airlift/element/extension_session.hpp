#pragma once
// Serves the connections of Airlift's extension, one at a time: takes an offered file, goes on where a broken
// connection stopped, tells the status. States and what ends them: docs/design/upload-protocol.md.

#include "airlift/element/file_intake.hpp"
#include "airlift/element/frame_guard.hpp"
#include "airlift/element/frame_outbox.hpp"
#include "airlift/element/held_upload.hpp"
#include "airlift/element/status_report.hpp"

namespace airlift::element {

class ExtensionSession {
 public:
  /// A stranger who connects and says nothing is closed after this.
  static constexpr seconds greeting_timeout{5};

  enum class State : std::uint8_t {
    idle,        ///< no connection: one that comes in, or connect_to(), ends it
    connecting,  ///< ended by the connection, its failure, or greeting_timeout
    greeting,    ///< ended by a whole SECURE, OFFER or QUERY, or greeting_timeout
    deriving,    ///< ended by the password's key
    receiving,   ///< ended by the last byte, an error, receive_timeout, a lost connection
    finishing,   ///< ended by the updater: done or failed
    reporting,   ///< ended by the uploader's closing, or result_timeout
  };

  /// What the session needs of the board. All outlive it.
  struct Ports {
    port::Stream& stream;  ///< its own; the listener puts connections into it
    port::Listener& listener;
    port::Calendar& calendar;
    MutableBytes transfer_memory;  ///< as FileIntake
  };

  /// Something worth a line in the log.
  struct Event {
    enum class Kind : std::uint8_t {
      accepted,   ///< the upload of updater's announcement begins
      resumed,    ///< it goes on
      paused,     ///< its connection is gone: `error`
      given_up,   ///< nobody went on with it
      failed,     ///< it has ended without an image: `error`
      installed,  ///< it has ended with one, and the uploader has been told
      refused,    ///< an offer or a query was: `error`
    };
    Kind kind{Kind::refused};
    UpdateError error{UpdateError::none};
    port::Endpoint source;
  };

  enum class Encryption : std::uint8_t { unavailable, on, required };
  enum class OtherUpload : std::uint8_t { none, running };

  /// All outlive the session.
  ExtensionSession(const Ports& ports, update::Updater& updater, FrameGuard& guard, StatusReport& report)
      : ports_{ports}, updater_{updater}, guard_{guard}, report_{report}, intake_{ports.transfer_memory} {}

  void set_encryption(Encryption encryption) { encryption_ = encryption; }

  /// The uploader wants to be connected to. While another connection is served, this waits for its end, but
  /// not longer than the uploader would.
  void connect_to(const port::Endpoint& host, Instant now);

  /// Does what can be done now, at most one block's work. Returns how long the caller may wait for the
  /// network before the next call; 0: there is more to do. `other`: an upload by the old protocol.
  [[nodiscard]] milliseconds loop(OtherUpload other, Instant now);

  /// What has happened since the last call, at most one thing for each loop().
  [[nodiscard]] std::optional<Event> take_event();

  /// The updater has given a paused upload up, because another one has begun.
  void give_way() { held_.drop(); }
  /// Ends whatever is on; what was committed stays so.
  void abort();

  [[nodiscard]] State state() const { return state_; }
  /// An upload is on; a paused one is not.
  [[nodiscard]] bool upload_running() const {
    return state_ == State::receiving || state_ == State::finishing ||
           (state_ == State::reporting && uploading_);
  }
  [[nodiscard]] bool paused() const { return held_.paused(); }
  [[nodiscard]] bool can_unpack() const { return intake_.can_unpack(); }

 private:
  struct Wish {
    port::Endpoint host;
    Instant since;
  };

  void enter(State state, Instant now);
  void hang_up();
  void note(Event::Kind kind, UpdateError error = UpdateError::none) { event_ = {kind, error, source_}; }

  [[nodiscard]] milliseconds await_connection(Instant now);
  [[nodiscard]] milliseconds fulfil_wish(Instant now);
  [[nodiscard]] milliseconds connect(Instant now);
  void begin_greeting(const port::Endpoint& source, Instant now);
  [[nodiscard]] milliseconds greet(Instant now);
  [[nodiscard]] Result<port::Stream::Read> read_frame();
  [[nodiscard]] milliseconds derive(OtherUpload other, Instant now);
  void take_frame(OtherUpload other, Instant now);
  void secure(Instant now);
  void take_offer(OtherUpload other, Instant now);
  void take_query(OtherUpload other, Instant now);
  [[nodiscard]] FrameGuard::Proof prove(const wire::DeviceNonce& nonce, OtherUpload other, Instant now);
  [[nodiscard]] Status begin_upload(const wire::Offer& offer);
  void refuse(UpdateError error, std::string_view detail, Instant now);
  [[nodiscard]] milliseconds receive(Instant now);
  void send_progress();
  void pause(UpdateError reason, Instant now);
  void fail(UpdateError error, Instant now);
  [[nodiscard]] milliseconds finish(Instant now);
  [[nodiscard]] milliseconds report(Instant now);
  void put_result();
  void end_report();

  Ports ports_;
  update::Updater& updater_;
  FrameGuard& guard_;
  StatusReport& report_;
  Encryption encryption_{Encryption::unavailable};

  State state_{State::idle};
  Instant deadline_;  ///< of every state but `receiving`
  port::Endpoint source_;
  std::optional<Wish> wish_;
  bool connected_last_{false};  ///< the last connection was a wish
  std::optional<Event> event_;
  wire::FrameReader reader_{wire::FrameReader::From::uploader};
  FrameOutbox outbox_;
  bool secured_{false};  ///< TLS has begun
  wire::Key session_key_{};

  HeldUpload held_;
  FileIntake intake_;
  bool uploading_{false};  ///< in `reporting`: it is an upload that has ended
  bool result_due_{false};
  UpdateError error_{UpdateError::none};  ///< of the upload
  Instant last_byte_at_;
  std::uint32_t told_bytes_{0};  ///< by the last PROGRESS or ANSWER
};

}  // namespace airlift::element
