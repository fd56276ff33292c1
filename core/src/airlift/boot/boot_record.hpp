#pragma once
// The boot record: what each slot holds, which one is in use, which one is tried next. Format:
// docs/design/storage.md.

#include <array>

#include "airlift/base/status.hpp"
#include "airlift/crypto/signature.hpp"
#include "airlift/image/image.hpp"

namespace airlift::boot {

enum class SlotId : std::uint8_t { a = 0, b = 1, none = 255 };

[[nodiscard]] constexpr SlotId other(SlotId slot) {
  return slot == SlotId::a ? SlotId::b : SlotId::a;
}
/// Whether a stored byte is the number of a SlotId.
[[nodiscard]] constexpr bool is_slot(std::uint8_t value) {
  return value <= 1 || value == static_cast<std::uint8_t>(SlotId::none);
}
[[nodiscard]] constexpr std::string_view name_of(SlotId slot) {
  return slot == SlotId::a ? "A" : slot == SlotId::b ? "B" : "none";
}

enum class SlotState : std::uint8_t {
  empty = 0,   ///< nothing, or half a new image; stage() ends it
  staged = 1,  ///< whole and checked; its first start, or a new upload, ends it
  trying = 2,  ///< on trial; confirm() or reject() ends it
  good = 3,    ///< confirmed; a new upload over it ends it, or its being found damaged
  bad = 4,     ///< rejected; a new upload ends it
};

[[nodiscard]] std::string_view name_of(SlotState state);

/// Sequence numbers may wrap: the newer one is ahead by less than half of the range.
[[nodiscard]] constexpr bool is_newer(std::uint32_t a, std::uint32_t b) {
  return a - b - 1 < 0x7FFFFFFF;
}

/// A set of key ids of bounded size. add() of one that is there changes nothing.
template <std::size_t Capacity>
struct KeyIds {
  std::array<crypto::KeyId, Capacity> ids{};
  std::size_t count{0};

  [[nodiscard]] Span<const crypto::KeyId> view() const { return {ids.data(), count}; }
  [[nodiscard]] bool contains(const crypto::KeyId& id) const {
    for (const crypto::KeyId& known : view()) {
      if (known == id) return true;
    }
    return false;
  }
  /// False: no room.
  [[nodiscard]] bool add(const crypto::KeyId& id) {
    if (contains(id)) return true;
    if (count == Capacity) return false;
    ids[count++] = id;
    return true;
  }
};

/// How often a candidate is started before it is given up, where nobody says otherwise.
inline constexpr std::uint8_t default_attempts{3};

inline constexpr std::size_t most_retired_per_image{4};
inline constexpr std::size_t most_retired_keys{16};

/// What is known of a slot's image.
struct SlotInfo {
  SlotState state{SlotState::empty};
  UpdateError reason{UpdateError::none};  ///< bad: why; trying: why the last attempt ended, if known
  image::Identity image;
  image::VersionText version;
  std::uint32_t security_counter{0};  ///< of a verified manifest, else 0
  std::uint64_t bundle_id{0};         ///< 0: none
  KeyIds<most_retired_per_image> retires;
};

struct BootRecord {
  struct Slots {
    SlotId active{SlotId::none};     ///< what runs when nothing is on trial
    SlotId candidate{SlotId::none};  ///< what the next boot tries
    std::array<SlotInfo, 2> slots{};

    /// `slot` is not none.
    [[nodiscard]] SlotInfo& at(SlotId slot) { return slots[static_cast<std::size_t>(slot)]; }
    [[nodiscard]] const SlotInfo& at(SlotId slot) const { return slots[static_cast<std::size_t>(slot)]; }
    /// What runs: the candidate while it is tried, else the active one.
    [[nodiscard]] SlotId running() const {
      return candidate != SlotId::none && at(candidate).state == SlotState::trying ? candidate : active;
    }
    /// Where a new image of this kind goes: never the active slot.
    [[nodiscard]] SlotId target() const { return other(active); }
  };

  std::uint32_t sequence{0};
  std::uint32_t security_floor{0};  ///< the highest confirmed counter
  std::uint8_t attempts{0};         ///< starts of the candidate so far
  std::uint8_t attempts_wanted{0};  ///< as who installed it was configured; 0: unknown
  KeyIds<most_retired_keys> retired;
  std::array<Slots, image::kinds> kinds{};  ///< by image::Kind

  [[nodiscard]] Slots& of(image::Kind kind) { return kinds[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] const Slots& of(image::Kind kind) const { return kinds[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] bool has_candidate() const {
    return kinds[0].candidate != SlotId::none || kinds[1].candidate != SlotId::none;
  }
  /// How often the candidate is started.
  [[nodiscard]] std::uint8_t most_attempts() const {
    return attempts_wanted == 0 ? default_attempts : attempts_wanted;
  }
  /// A candidate has been started and neither been confirmed nor rejected.
  [[nodiscard]] bool on_trial() const {
    for (const Slots& slots : kinds) {
      if (slots.candidate != SlotId::none && slots.at(slots.candidate).state == SlotState::trying)
        return true;
    }
    return false;
  }
};

inline constexpr std::size_t boot_record_bytes{768};
using BootRecordBytes = std::array<std::uint8_t, boot_record_bytes>;

[[nodiscard]] BootRecordBytes encode(const BootRecord& record);
/// Fills `record`, as copies of it are large. Outcomes: ok; no_boot_record: wrong magic, version, checksum,
/// or a field that cannot be.
[[nodiscard]] Status decode(const BootRecordBytes& bytes, BootRecord& record);

}  // namespace airlift::boot
