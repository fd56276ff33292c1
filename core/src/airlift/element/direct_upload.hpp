#pragma once
// An upload whose bytes somebody else hands in: the device's page, which has the connection. OtaElement
// begins it and looks after its end, as it does for the sessions of its own.

#include "airlift/update/updater.hpp"

namespace airlift::element {

class DirectUpload {
 public:
  enum class State : std::uint8_t {
    idle,       ///< OtaElement::begin_direct_upload() ends it
    receiving,  ///< ended by the last byte, an error, abort()
    complete,   ///< all bytes are there: finish() or abort() ends it
    finishing,  ///< ended by the updater: done or failed
    judged,     ///< error() tells: conclude() ends it, when the sender has been told
    concluded,  ///< the ota element ends it: it logs, and restarts the device
  };

  /// The updater outlives this.
  explicit DirectUpload(update::Updater& updater) : updater_{updater} {}

  /// From OtaElement, in `idle`. Outcomes: as Updater::begin().
  [[nodiscard]] Status begin(const update::Announcement& announcement);

  /// Where the next bytes belong; empty while a step is due, and when no more are wanted.
  [[nodiscard]] MutableBytes room();
  /// Says that `count` bytes were put into the start of room().
  void took(std::size_t count);
  /// Does the work that is due, of one block at most. In `receiving` and `finishing`; else harmless.
  void step();
  /// In `complete`: the sender's wrapping was whole, too. Only now the image can become the next one.
  void finish();
  /// Ends it without an image, for this reason. Harmless when it is over already: then nothing changes.
  void abort(UpdateError reason);
  /// From `judged`: nobody needs error() any more.
  void conclude();
  /// From the ota element: back to `idle`.
  void acknowledge() { state_ = State::idle; }

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool running() const { return state_ != State::idle; }
  /// Why there is no new image; none: there is one.
  [[nodiscard]] UpdateError error() const { return error_; }

 private:
  void judge(UpdateError error);

  update::Updater& updater_;
  State state_{State::idle};
  UpdateError error_{UpdateError::none};
};

}  // namespace airlift::element
