#pragma once
// One line of the journal of updates. Format: docs/design/storage.md.

#include "airlift/boot/boot_record.hpp"

namespace airlift::boot {

enum class UpdateResult : std::uint8_t {
  failed = 0,       ///< ended before anything was installed
  installed = 1,    ///< staged or on trial
  confirmed = 2,    ///< works
  rolled_back = 3,  ///< given up; `cause` says why
};

[[nodiscard]] std::string_view name_of(UpdateResult result);
/// The name without a blank.
[[nodiscard]] std::string_view word_for(UpdateResult result);

using DigestPrefix = std::array<std::uint8_t, 8>;
using SourceText = FixedString<47>;

[[nodiscard]] DigestPrefix prefix_of(const crypto::Sha256Digest& digest);

struct HistoryEntry {
  std::uint32_t sequence{0};  ///< of the entry; set by History
  std::uint32_t number{0};    ///< of the update; its newest entry counts
  image::Kind kind{image::Kind::firmware};
  SlotId slot{SlotId::none};  ///< where it went; none: it did not get so far
  UpdateResult result{UpdateResult::failed};
  UpdateError cause{UpdateError::none};
  std::uint64_t time_s{0};  ///< Unix seconds; 0: unknown
  DigestPrefix from{};      ///< zero: nothing was there
  DigestPrefix to{};        ///< zero: unknown
  image::VersionText from_version;
  image::VersionText to_version;
  SourceText source;  ///< who brought it
};

inline constexpr std::size_t history_entry_bytes{160};
using HistoryEntryBytes = std::array<std::uint8_t, history_entry_bytes>;

[[nodiscard]] HistoryEntryBytes encode(const HistoryEntry& entry);
/// Outcomes: the entry; no_image: wrong magic, version, checksum, or a field that cannot be.
[[nodiscard]] Result<HistoryEntry> decode(const HistoryEntryBytes& bytes);

}  // namespace airlift::boot
