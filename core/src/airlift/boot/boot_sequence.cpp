#include "airlift/boot/boot_sequence.hpp"

#include <optional>

#include "airlift/boot/image_reader.hpp"

namespace airlift::boot {
namespace {

constexpr std::array<image::Kind, image::kinds> all_kinds{image::Kind::firmware, image::Kind::filesystem};

class Preparation {
 public:
  Preparation(SlotStore& store, std::uint8_t most_attempts, MutableBytes buffer, SlotVerifier* verifier)
      : store_{store}, most_attempts_{most_attempts}, buffer_{buffer}, verifier_{verifier} {}

  Status load() {
    const Status loaded = store_.load();
    if (loaded.error() != UpdateError::no_boot_record && loaded.error() != UpdateError::flash_read)
      return loaded;
    // All copies are lost, or the flash is new.
    plan_.recovered = adopt_headers().ok();
    return plan_.recovered ? Status{} : loaded;
  }

  BootPlan plan() {
    for (const image::Kind kind : all_kinds) replace_damaged_active(kind);
    const BootFacts facts{candidate(), store_.record().attempts < most_attempts(),
                          active_whole(image::Kind::firmware)};
    switch (decide(facts)) {
      case BootAction::try_candidate:
        try_candidate(facts);
        break;
      case BootAction::roll_back:
        roll_back(facts);
        break;
      case BootAction::keep_candidate:
        keep_candidate();
        break;
      case BootAction::start_active:
        start_active();
        break;
      case BootAction::start_nothing:
        start_nothing(facts);
        break;
    }
    return plan_;
  }

 private:
  [[nodiscard]] std::uint8_t most_attempts() const {
    return most_attempts_ == as_installed ? store_.record().most_attempts() : most_attempts_;
  }

  [[nodiscard]] bool is_whole(image::Kind kind, SlotId slot) {
    return slot != SlotId::none && check_once(kind, slot).ok();
  }

  /// `slot` is not none. Reading an image takes long on a small board: once is enough.
  [[nodiscard]] Status check_once(image::Kind kind, SlotId slot) {
    std::optional<Status>& checked = checked_[static_cast<std::size_t>(kind)][static_cast<std::size_t>(slot)];
    if (!checked) checked = check(kind, slot, store_.record().of(kind).at(slot).image);
    return *checked;
  }

  /// Outcomes: ok; image_damaged; why the verifier refuses it.
  [[nodiscard]] Status check(image::Kind kind, SlotId slot, const image::Identity& image) {
    if (!check_image(store_.flash(), store_.image_area(kind, slot), image, buffer_).ok()) {
      return UpdateError::image_damaged;
    }
    if (verifier_ == nullptr) return {};
    SlotHeader header;
    if (!store_.read_header(kind, slot, header).ok()) return UpdateError::image_damaged;
    return verifier_->verify(header, image);
  }

  [[nodiscard]] bool active_whole(image::Kind kind) {
    return is_whole(kind, store_.record().of(kind).active);
  }

  Status adopt_headers() {
    std::array<std::array<bool, 2>, image::kinds> whole{};
    bool any{false};
    SlotHeader header;
    for (const image::Kind kind : all_kinds) {
      for (const SlotId slot : {SlotId::a, SlotId::b}) {
        const bool is_whole =
            store_.read_header(kind, slot, header).ok() && check(kind, slot, header.image).ok();
        whole[static_cast<std::size_t>(kind)][static_cast<std::size_t>(slot)] = is_whole;
        any = any || is_whole;
      }
    }
    return any ? store_.adopt(whole) : Status{UpdateError::no_image};
  }

  void replace_damaged_active(image::Kind kind) {
    const BootRecord::Slots& slots = store_.record().of(kind);
    if (slots.candidate != SlotId::none || slots.active == SlotId::none || active_whole(kind) ||
        !is_whole(kind, other(slots.active))) {
      return;
    }
    if (store_.fall_back(kind).ok()) plan_.fell_back = true;
  }

  [[nodiscard]] Candidate candidate() {
    if (!store_.record().has_candidate()) return Candidate::none;
    for (const image::Kind kind : all_kinds) {
      const SlotId slot = store_.record().of(kind).candidate;
      if (slot != SlotId::none && !is_whole(kind, slot)) return Candidate::damaged;
    }
    // A filesystem image alone is tried with the active firmware.
    const bool firmware_stays = store_.record().of(image::Kind::firmware).candidate == SlotId::none;
    return firmware_stays && !active_whole(image::Kind::firmware) ? Candidate::damaged : Candidate::whole;
  }

  void try_candidate(const BootFacts& facts) {
    // What cannot be counted is not tried; where nothing else is there, it starts without being on trial.
    const bool counted = store_.count_attempt().ok();
    if (!counted && facts.active_whole) return start_active();
    plan_.on_trial = counted;
    plan_.attempt = store_.record().attempts;
    for (const image::Kind kind : all_kinds) {
      const BootRecord::Slots& slots = store_.record().of(kind);
      slot_of(kind) = slots.candidate != SlotId::none ? slots.candidate : whole_active(kind);
    }
  }

  void roll_back(const BootFacts& facts) {
    plan_.rolled_back = facts.candidate == Candidate::damaged ? fault_of_candidate() : noted_reason();
    // Not saved: the next boot comes to the same decision.
    [[maybe_unused]] const Status rejected = store_.reject(plan_.rolled_back);
    start_active();
  }

  void keep_candidate() {
    plan_.kept = noted_reason();
    for (const image::Kind kind : all_kinds) {
      const BootRecord::Slots& slots = store_.record().of(kind);
      slot_of(kind) = slots.candidate != SlotId::none ? slots.candidate : whole_active(kind);
    }
    // Not saved: the next boot comes to the same decision.
    [[maybe_unused]] const Status kept = store_.keep_candidate(plan_.kept);
  }

  /// A candidate that is damaged, too, must not keep new images out.
  void start_nothing(const BootFacts& facts) {
    if (facts.candidate == Candidate::none) return;
    plan_.rolled_back = fault_of_candidate();
    [[maybe_unused]] const Status rejected = store_.reject(plan_.rolled_back);
  }

  /// When its own images are in order, the firmware it would run with is damaged.
  [[nodiscard]] UpdateError fault_of_candidate() {
    for (const image::Kind kind : all_kinds) {
      const SlotId slot = store_.record().of(kind).candidate;
      if (slot != SlotId::none && !is_whole(kind, slot)) return check_once(kind, slot).error();
    }
    return UpdateError::image_damaged;
  }

  [[nodiscard]] UpdateError noted_reason() const {
    for (const BootRecord::Slots& slots : store_.record().kinds) {
      if (slots.candidate == SlotId::none) continue;
      const UpdateError reason = slots.at(slots.candidate).reason;
      if (reason != UpdateError::none) return reason;
    }
    return UpdateError::trial_interrupted;
  }

  void start_active() {
    for (const image::Kind kind : all_kinds) slot_of(kind) = whole_active(kind);
  }

  [[nodiscard]] SlotId whole_active(image::Kind kind) {
    return active_whole(kind) ? store_.record().of(kind).active : SlotId::none;
  }

  [[nodiscard]] SlotId& slot_of(image::Kind kind) {
    return kind == image::Kind::firmware ? plan_.firmware : plan_.filesystem;
  }

  SlotStore& store_;
  std::uint8_t most_attempts_;
  MutableBytes buffer_;
  SlotVerifier* verifier_;
  BootPlan plan_;
  std::array<std::array<std::optional<Status>, 2>, image::kinds> checked_{};
};

}  // namespace

Result<BootPlan> prepare_boot(SlotStore& store, std::uint8_t most_attempts, MutableBytes buffer,
                              SlotVerifier* verifier) {
  Preparation preparation{store, most_attempts, buffer, verifier};
  if (const Status loaded = preparation.load(); !loaded.ok()) return loaded.error();
  return preparation.plan();
}

}  // namespace airlift::boot
