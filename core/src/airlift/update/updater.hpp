#pragma once
// The pipe: received bytes -> digests -> sector buffer -> inactive slot, then verify, then commit.
// Phases and what ends them: docs/design/storage.md.

#include "airlift/boot/slot_store.hpp"

namespace airlift::update {

/// What was announced. The MD5 covers the bytes as sent.
struct Announcement {
  image::Kind kind{image::Kind::firmware};
  std::uint32_t size_bytes{0};
  crypto::Md5Digest md5{};
};

class Updater {
 public:
  enum class Phase : std::uint8_t {
    idle,          ///< begin() ends it
    receiving,     ///< the last announced byte ends it
    writing_rest,  ///< ended by writing the last, shorter sector
    verifying,     ///< ended by the last sector read back
    committing,    ///< ended by the boot record
    done,          ///< the new image is active; begin() or abort() ends it
    failed,        ///< error() says why; begin() or abort() ends it
  };

  /// `sector_buffer` has the size of one flash sector; both outlive the updater.
  Updater(boot::SlotStore& store, MutableBytes sector_buffer);

  /// Whether an image of this size can be taken. Outcomes: ok; bad_size: none at all; no_space.
  [[nodiscard]] Status check(image::Kind kind, std::uint32_t size_bytes) const;

  /// The largest image of this kind that check() lets pass.
  [[nodiscard]] std::uint32_t slot_bytes(image::Kind kind) const { return store_.slot_bytes(kind); }

  /// Starts anew, whatever was on. Nothing is written yet. Outcomes: as check().
  [[nodiscard]] Status begin(const Announcement& announcement);

  /// Where the next bytes belong: up to the end of the sector buffer and of the image; empty while a step is
  /// due.
  [[nodiscard]] MutableBytes room() const;

  /// Says that `count` bytes were put into the start of room(). They are only buffered: call step().
  void took(std::size_t count);

  /// Does the flash work that is due, of one sector at most, and moves on to the next phase. Nothing due:
  /// nothing done.
  void step();

  /// Gives up. What is active stays active.
  void abort() { phase_ = Phase::idle; }

  [[nodiscard]] Phase phase() const { return phase_; }
  /// In `failed`: the reason. Else none.
  [[nodiscard]] UpdateError error() const { return error_; }
  [[nodiscard]] std::uint32_t received_bytes() const { return received_bytes_; }
  [[nodiscard]] const Announcement& announcement() const { return announcement_; }

 private:
  void enter(Phase phase);
  void fail(UpdateError error);
  void write_sector();
  void check_digest();
  void verify_sector();
  void commit();

  boot::SlotStore& store_;
  MutableBytes buffer_;
  Announcement announcement_;
  boot::SlotArea area_;
  Phase phase_{Phase::idle};
  UpdateError error_{UpdateError::none};
  std::size_t buffered_bytes_{0};
  std::uint32_t received_bytes_{0};
  std::uint32_t written_bytes_{0};
  std::uint32_t verified_bytes_{0};
  crypto::Md5 md5_;
  crypto::Sha256 received_sha256_;
  crypto::Sha256 stored_sha256_;
  image::Identity identity_;
};

}  // namespace airlift::update
