#pragma once
// The middle of the pipe: payload bytes -> digests -> (inflate) -> blocks -> slot.

#include "airlift/boot/slot_writer.hpp"
#include "airlift/image/policy.hpp"
#include "airlift/update/unpacker.hpp"

namespace airlift::update {

/// Memory of the pipe; all outlive it.
struct Buffers {
  MutableBytes block;                  ///< where bytes arrive; a multiple of the flash's write unit
  Unpacker* unpacker{nullptr};         ///< null: no compressed images
  crypto::Sha2* long_digest{nullptr};  ///< null: no ESP32 trailers over SHA-384 and SHA-512, they are wrong
};

class PayloadWriter {
 public:
  PayloadWriter(port::Flash& flash, const Buffers& buffers);

  /// Starts anew in `slot`, the image as FlashMap says. `esp32_digest`: computed besides SHA-256.
  void begin(const boot::Area& slot, std::uint32_t image_offset_bytes, crypto::DigestKind esp32_digest);

  /// Where the next bytes belong; empty while a step is due.
  [[nodiscard]] MutableBytes room() const;
  /// Says that `count` bytes were put into the start of room().
  void took(std::size_t count);
  /// Says that no more bytes come.
  void end_input() { input_ended_ = true; }

  /// Digests and writes what is due: at most one block. Nothing due: nothing done. Outcomes: ok; no_space:
  /// the image is larger than the slot; gzip_damaged, gzip_window: as Unpacker, and the latter without one;
  /// flash_erase, flash_write, flash_read.
  [[nodiscard]] Status step();

  /// After end_input(): all is written.
  [[nodiscard]] bool done() const { return done_; }
  /// Until finish(): the SHA-256 of the payload so far with `more` behind it. It costs no second pass.
  [[nodiscard]] crypto::Sha256Digest sha256_with(Bytes more) const;
  /// When done(), once: what has arrived. Its esp32_digest lasts until begin().
  [[nodiscard]] image::PayloadFacts finish();
  /// When done(). Outcomes: ok; as SlotWriter.
  [[nodiscard]] Status write_header(const boot::SlotHeader& header) { return slot_.write_header(header); }

 private:
  [[nodiscard]] Status digest_block();
  [[nodiscard]] Status write_raw();
  [[nodiscard]] Status write_unpacked();
  [[nodiscard]] Status write(MutableBytes block, std::size_t used);

  Buffers buffers_;
  boot::SlotWriter slot_;
  image::Compression compression_{image::Compression::none};
  std::uint32_t payload_bytes_{0};
  std::uint32_t image_bytes_{0};
  crypto::Sha256 payload_sha256_;
  crypto::Sha2* long_digest_{nullptr};  ///< null: none is wanted
  std::size_t filled_{0};               ///< bytes in the block
  bool block_digested_{false};
  bool input_ended_{false};
  bool done_{false};
};

}  // namespace airlift::update
