#pragma once
// Takes an image from its first byte to its entry in the boot record. Phases and what ends them:
// docs/design/storage.md.

#include <optional>

#include "airlift/boot/history.hpp"
#include "airlift/boot/slot_store.hpp"
#include "airlift/update/installer.hpp"
#include "airlift/update/payload_writer.hpp"

namespace airlift::update {

/// What was announced, of the file as sent.
struct Announcement {
  image::Kind kind{image::Kind::firmware};
  std::uint32_t size_bytes{0};
  std::optional<crypto::Md5Digest> md5;        ///< held against what comes, when there is one
  std::optional<crypto::Sha256Digest> sha256;  ///< likewise
  Bytes trailer;            ///< the file's last bytes, when shown in advance; read by begin() only
  boot::SourceText source;  ///< for the history: who brings it
  std::uint64_t time_s{0};  ///< for the history: Unix seconds; 0: unknown
};

class Updater {
 public:
  enum class Phase : std::uint8_t {
    idle,        ///< begin() ends it
    receiving,   ///< the last announced byte ends it
    draining,    ///< ended by the last byte of the payload being written
    judging,     ///< ended by the digests, the signature and the policy being right
    heading,     ///< ended by the slot's header
    committing,  ///< ended by the boot record, and the installer
    done,        ///< the new image is staged; begin() or abort() ends it
    failed,      ///< error() says why; begin() or abort() ends it
  };

  /// All outlive the updater. `history` has been loaded.
  Updater(boot::SlotStore& store, boot::History& history, const Buffers& buffers);

  /// Until it is called: no signatures, any board. What the policy points at outlives the updater.
  void set_policy(const image::Policy& policy) { policy_ = policy; }
  /// Until it is called: boot::default_attempts. How often a new image may start before it is confirmed.
  void set_attempts(std::uint8_t attempts) { attempts_wanted_ = attempts; }
  /// Where the boot record alone does not make the next start take an image. It outlives the updater.
  void set_installer(Installer& installer) { installer_ = &installer; }

  /// Whether a file of this size can be taken. Outcomes: ok; bad_size: none at all; no_space; trial_running.
  [[nodiscard]] Status check(image::Kind kind, std::uint32_t size_bytes) const;

  /// Whether begin() would take this, and nothing else. Outcomes: as begin(), but for flash_write.
  [[nodiscard]] Status consider(const Announcement& announcement) const;

  /// The largest image of this kind.
  [[nodiscard]] std::uint32_t slot_bytes(image::Kind kind) const { return store_.capacity_bytes(kind); }

  /// Starts anew, whatever was on; the slot's old image is given up. Outcomes: ok; as check(), and with a
  /// trailer as image::check_announced(): what was on goes on; flash_write.
  [[nodiscard]] Status begin(const Announcement& announcement);

  /// Where the next bytes belong; empty while a step is due.
  [[nodiscard]] MutableBytes room();

  /// Says that `count` bytes were put into the start of room(). They are only buffered: call step().
  void took(std::size_t count);

  /// Does the work that is due, of one block at most, and moves on to the next phase. Nothing due: nothing
  /// done.
  void step();

  /// In `receiving`: nobody brings bytes at the moment, for this reason. It goes into the history when
  /// another upload begins before the next byte comes.
  void pause(UpdateError reason) { interrupted_by_ = reason; }

  /// Gives up. What is active stays active. `reason` goes into the history when bytes had been taken.
  void abort(UpdateError reason = UpdateError::cancelled);
  /// Gives up what nobody has missed: the history does not get to know of it.
  void discard() { enter(Phase::idle); }

  [[nodiscard]] Phase phase() const { return phase_; }
  /// In `failed`: the reason. Else none.
  [[nodiscard]] UpdateError error() const { return error_; }
  /// In `done`: a restart would try the image. False: it waits for the other image of its bundle.
  [[nodiscard]] bool starts_next() const { return store_.record().has_candidate(); }
  [[nodiscard]] std::uint32_t received_bytes() const { return received_bytes_; }
  /// In `receiving`: the SHA-256 of the file's first received_bytes() bytes.
  [[nodiscard]] crypto::Sha256Digest received_sha256() const;
  /// In `done`: of the image as it lies in the slot.
  [[nodiscard]] const crypto::Sha256Digest& image_sha256() const { return staged_.image.sha256; }
  [[nodiscard]] const Announcement& announcement() const { return announcement_; }
  [[nodiscard]] const boot::SlotStore& store() const { return store_; }
  [[nodiscard]] boot::History& history() { return history_; }

 private:
  [[nodiscard]] bool busy() const {
    return phase_ != Phase::idle && phase_ != Phase::done && phase_ != Phase::failed;
  }
  [[nodiscard]] image::DeviceFacts device_facts(image::Kind kind) const;
  [[nodiscard]] Status check_trailer(const Announcement& announcement) const;
  [[nodiscard]] std::uint32_t body_bytes() const;
  void enter(Phase phase) { phase_ = phase; }
  void fail(UpdateError error);
  void write_history(boot::UpdateResult result, UpdateError cause);

  void find_trailer();
  void drain();
  void judge();
  [[nodiscard]] Status take_over(const image::Approved& approved);
  void write_header();
  void commit();
  [[nodiscard]] Status install();

  boot::SlotStore& store_;
  boot::History& history_;
  PayloadWriter payload_;
  Installer* installer_{nullptr};
  image::Policy policy_;
  Announcement announcement_;
  std::uint8_t attempts_wanted_{0};
  Phase phase_{Phase::idle};
  UpdateError error_{UpdateError::none};
  UpdateError interrupted_by_{UpdateError::cancelled};
  crypto::Md5 md5_;
  std::uint32_t received_bytes_{0};
  /// The last bytes of the file: the trailer, and what of the payload stands before it.
  std::array<std::uint8_t, image::longest_trailer_bytes> tail_{};
  std::size_t tail_drained_{0};
  image::Trailer trailer_;  ///< views into tail_
  boot::StagedImage staged_;
  bool verified_{false};
  std::uint32_t history_number_{0};  ///< of the line that says it was installed; 0: there is none yet
};

}  // namespace airlift::update
