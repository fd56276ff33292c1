#pragma once
// An upload by the extension that the updater is in the middle of: whether an offer is the same one again,
// and how long it waits for that while its connection is gone.

#include <optional>

#include "airlift/base/time.hpp"
#include "airlift/element/invitation_desk.hpp"
#include "airlift/wire/frame.hpp"

namespace airlift::element {

class HeldUpload {
 public:
  /// After so long without its uploader it is given up.
  static constexpr seconds patience{600};

  void take(const wire::Offer& offer) {
    held_ = identity_of(offer);
    paused_ = false;
  }
  void go_on() { paused_ = false; }
  void drop() {
    held_.reset();
    paused_ = false;
  }
  void pause(UpdateError reason, Instant now) {
    paused_ = true;
    reason_ = reason;
    since_ = now;
  }

  [[nodiscard]] bool paused() const { return paused_; }
  [[nodiscard]] bool overdue(Instant now) const { return paused_ && now - since_ >= patience; }
  /// Why it was paused.
  [[nodiscard]] UpdateError reason() const { return reason_; }
  /// It is paused, and this offers the same file again.
  [[nodiscard]] bool resumed_by(const wire::Offer& offer) const {
    return paused_ && !offer.from_the_start && held_ == identity_of(offer);
  }

 private:
  struct Identity {
    wire::Command command;
    std::uint32_t size_bytes;
    crypto::Sha256Digest sha256;
    crypto::Sha256Digest trailer_sha256;
    friend bool operator==(const Identity& a, const Identity& b) {
      return a.command == b.command && a.size_bytes == b.size_bytes && a.sha256 == b.sha256 &&
             a.trailer_sha256 == b.trailer_sha256;
    }
  };
  [[nodiscard]] static Identity identity_of(const wire::Offer& offer) {
    return {offer.command, offer.size_bytes, offer.sha256, crypto::sha256(offer.trailer)};
  }

  std::optional<Identity> held_;
  bool paused_{false};
  UpdateError reason_{UpdateError::none};
  Instant since_;
};

}  // namespace airlift::element
