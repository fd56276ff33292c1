#pragma once
// The middle of the pipe: payload bytes -> digests -> (inflate) -> blocks -> slot.

#include "airlift/boot/slot_writer.hpp"
#include "airlift/codec/gzip.hpp"
#include "airlift/image/policy.hpp"

namespace airlift::update {

/// Memory of the pipe; all outlive it.
struct Buffers {
  MutableBytes block;       ///< where bytes arrive; a multiple of the flash's write unit
  MutableBytes inflated;    ///< likewise; empty: no gzip
  MutableBytes gzip_arena;  ///< codec::gzip_arena_bytes(gzip_window_bits); empty: no gzip
  int gzip_window_bits{codec::longest_gzip_window_bits};
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
  /// the image is larger than the slot; gzip_damaged, also for one that ends too early; gzip_window: also
  /// when there is no memory for gzip; flash_erase, flash_write, flash_read.
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
  [[nodiscard]] Status inflate();
  [[nodiscard]] Status write(MutableBytes block, std::size_t used);

  Buffers buffers_;
  boot::SlotWriter slot_;
  codec::GzipReader gzip_;
  image::PayloadFacts facts_;
  crypto::Sha256 payload_sha256_;
  crypto::Sha256 image_sha256_;
  crypto::Sha2 esp32_digest_{crypto::DigestKind::sha256};
  crypto::DigestKind esp32_kind_{crypto::DigestKind::sha256};
  std::size_t filled_{0};    ///< bytes in the block
  std::size_t consumed_{0};  ///< of them inflated
  std::size_t inflated_{0};  ///< bytes in the inflated block
  bool block_digested_{false};
  bool input_ended_{false};
  bool gzip_ended_{false};
  bool done_{false};
};

}  // namespace airlift::update
