#pragma once
// What the owner of a device knows, and so what the device may do: the invariant. Nothing here looks at how
// the engine does it.

#include <array>
#include <optional>
#include <string>

#include "airlift/boot/boot_sequence.hpp"
#include "catalog.hpp"

namespace airlift::sim {

inline constexpr int most_attempts{boot::default_attempts};

/// What runs: an image of each kind, or none.
struct Pair {
  std::array<FileId, image::kinds> of{FileId::none, FileId::none};
  [[nodiscard]] FileId& operator[](image::Kind kind) { return of[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] FileId operator[](image::Kind kind) const { return of[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] bool operator==(const Pair& other) const { return of == other.of; }
};

/// What a device has decided to start.
struct Start {
  Pair running;
  bool on_trial{false};
  Pair kept;  ///< the images that the record names as those in use, read from the flash
  std::uint32_t security_floor{0};
  bool first_key_retired{false};
};

class World {
 public:
  World() = default;
  World(const Catalog& catalog, image::SignatureMode signatures)
      : catalog_{&catalog}, signatures_{signatures} {}

  // What the owner does, and hears. Each `..._ends` comes only when power was not cut.
  void upload_begins(FileId file);
  /// `starts_next`: the device has said so.
  void upload_ends(bool staged, bool starts_next);
  void confirm_begins() { confirming_ = true; }
  void confirm_ends() { take_as_confirmed(tried()); }
  /// A clean shutdown: this start may or may not count.
  void suspended() { starts_ -= starts_ > 0 ? 1 : 0; }
  void power_on() { ++boots_; }

  /// Holds what the device starts against all of that. Empty: it may; else what is wrong.
  [[nodiscard]] std::string started(const Start& start);
  /// The device has found nothing to start.
  [[nodiscard]] std::string started_nothing() const;

  [[nodiscard]] const Pair& good() const { return good_; }
  [[nodiscard]] bool on_trial() const { return on_trial_; }
  /// What the device runs.
  [[nodiscard]] const Pair& running() const { return on_trial_ ? tried() : good_; }
  [[nodiscard]] int starts() const { return starts_; }

 private:
  [[nodiscard]] const Pair& tried() const { return may_try_[0]; }
  [[nodiscard]] bool may_try(const Pair& pair) const;
  [[nodiscard]] bool is_refused(FileId id) const;
  [[nodiscard]] std::string tries(const Pair& pair);
  [[nodiscard]] std::string keeps(const Pair& pair);
  [[nodiscard]] std::string holds(const Start& start) const;
  [[nodiscard]] std::string name_of(const Pair& pair) const;
  void take_as_confirmed(const Pair& pair);

  const Catalog* catalog_{nullptr};
  image::SignatureMode signatures_{image::SignatureMode::off};
  Pair good_;                      ///< confirmed last
  std::array<Pair, 2> may_try_{};  ///< the first may_try_count_: the next start may try one of them
  std::size_t may_try_count_{0};
  bool must_try_{false};  ///< the device has said that it would try it
  bool on_trial_{false};
  bool confirming_{false};
  int starts_{0};  ///< of what is tried: so many are counted at least
  int boots_{0};   ///< since it was staged: so many may be counted at most
  std::uint32_t floor_{0};
  bool first_key_retired_{false};
};

}  // namespace airlift::sim
