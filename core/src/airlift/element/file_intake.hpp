#pragma once
// The bytes of DATA frames on their way into the updater: straight into its room, or through the gzip reader
// of a compressed transfer.

#include <algorithm>

#include "airlift/codec/gzip.hpp"
#include "airlift/port/network.hpp"
#include "airlift/update/updater.hpp"
#include "airlift/wire/frame.hpp"

namespace airlift::element {

/// Of compressed bytes, read at a time.
inline constexpr std::size_t packed_bytes{4096};
/// What a compressed transfer needs: those bytes, and the arena to unpack them.
inline constexpr std::size_t transfer_memory_bytes{packed_bytes + codec::gzip_arena_bytes()};

class FileIntake {
 public:
  /// `memory` has transfer_memory_bytes bytes and outlives the intake; empty: nothing is unpacked.
  explicit FileIntake(MutableBytes memory)
      : packed_{memory.first(std::min(packed_bytes, memory.size()))}, gzip_{memory.subspan(packed_.size())} {
    assert(memory.empty() || memory.size() >= transfer_memory_bytes);
  }

  [[nodiscard]] bool can_unpack() const { return !packed_.empty(); }

  enum class Form : std::uint8_t { plain, compressed };
  /// The next bytes come in this form; a gzip stream begins anew.
  void begin(Form form);

  struct Taken {
    bool something{false};    ///< bytes came
    bool end_of_data{false};  ///< no more will
    bool may_go_on{false};    ///< there was more than could be taken in one go
  };
  /// Takes what is there, at most until the updater's room is full. Outcomes: what it was; bad_message: not a
  /// DATA frame; gzip_damaged; bad_size: the gzip stream ends before the file does; as Stream::read().
  [[nodiscard]] Result<Taken> take(port::Stream& stream, wire::FrameReader& reader, update::Updater& updater);

 private:
  [[nodiscard]] Result<port::Stream::Read> read_piece(port::Stream& stream, wire::FrameReader& reader,
                                                      update::Updater& updater);
  [[nodiscard]] MutableBytes data_room(update::Updater& updater);
  [[nodiscard]] Status unpack(update::Updater& updater);

  /// Of header or data in one take(): many tiny frames may not hold up the caller.
  static constexpr int most_reads{32};

  Form form_{Form::plain};
  MutableBytes packed_;
  codec::GzipReader gzip_;
  std::size_t packed_from_{0};  ///< not unpacked yet: from here
  std::size_t packed_to_{0};    ///< to here
  bool held_back_{false};       ///< the gzip reader may have more to give without further input
};

}  // namespace airlift::element
