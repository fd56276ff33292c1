#include "session.hpp"

#include <optional>
#include <stdexcept>

#include "device.hpp"

namespace airlift::sim {
namespace {

constexpr image::Kind all_kinds[]{image::Kind::firmware, image::Kind::filesystem};

/// More restarts than any step needs.
constexpr int most_restarts{12};

bool is_flash_error(UpdateError error) {
  return error == UpdateError::flash_erase || error == UpdateError::flash_write ||
         error == UpdateError::flash_read;
}

template <Plant plant>
class Session {
 public:
  Session(const Case& what, Machine& machine, const Cut& cut)
      : case_{what},
        machine_{machine},
        world_{machine.world},
        chip_{what.geometry.chip, machine.chip},
        memory_{what.geometry} {
    if (cut.at > 0) chip_.cut_at(cut.at, cut.mode);
  }

  End go_on() {
    restart();
    while (goes_on() && machine_.step < case_.steps.size()) {
      take(case_.steps[machine_.step]);
      if (!goes_on()) break;
      ++machine_.step;
      machine_.times_spoilt = 0;
    }
    if (goes_on()) look_at_history();
    if (!chip_.defect().empty()) brick_ = chip_.defect();
    const End::How how = !brick_.empty() ? End::How::brick : chip_.is_off() ? End::How::cut : End::How::done;
    return {how, brick_, chip_.changes()};
  }

 private:
  [[nodiscard]] bool goes_on() const { return brick_.empty() && chip_.defect().empty() && !chip_.is_off(); }
  void brick(std::string why) {
    if (goes_on()) brick_ = std::move(why);
  }

  void restart() {
    world_.power_on();
    device_.emplace(chip_, case_.geometry, case_.policy, memory_);
    const Result<boot::BootPlan> plan = device_->boot();
    if (!goes_on()) return;
    const bool starts = plan.ok() && plan.value().firmware != boot::SlotId::none;
    brick_ = starts ? world_.started(start_of(plan.value())) : world_.started_nothing();
    if (goes_on()) device_->run(plan.ok() ? plan.value() : boot::BootPlan{});
  }

  void restart_if_on() {
    if (goes_on()) restart();
  }

  /// The image as it stands in the flash.
  [[nodiscard]] FileId stored(image::Kind kind, boot::SlotId slot) {
    if (slot == boot::SlotId::none) return FileId::none;
    const boot::Area area = device_->store().image_area(kind, slot);
    const std::uint32_t size = device_->store().record().of(kind).at(slot).image.size_bytes;
    return case_.catalog.find(kind, chip_.peek(area.address, size));
  }

  [[nodiscard]] Start start_of(const boot::BootPlan& plan) {
    const boot::BootRecord& record = device_->store().record();
    Start start;
    start.on_trial = plan.on_trial;
    start.security_floor = record.security_floor;
    start.first_key_retired = record.retired.contains(case_.catalog.first_key());
    for (const image::Kind kind : all_kinds) {
      start.running[kind] = stored(kind, kind == image::Kind::firmware ? plan.firmware : plan.filesystem);
      start.kept[kind] = stored(kind, record.of(kind).active);
    }
    return start;
  }

  void take(const Step& step) {
    switch (step.action) {
      case Step::Action::install:
      case Step::Action::install_slowly:
        return install(step);
      case Step::Action::try_broken:
        return try_broken(step);
      case Step::Action::upload:
        if (!world_.on_trial()) upload(step.file, UpdateError::none);
        return;
      case Step::Action::refuse:
        upload(step.file, step.error);
        return;
      case Step::Action::abandon:
        return abandon(step.file);
    }
  }

  [[nodiscard]] bool runs(FileId file) const { return world_.running()[case_.catalog[file].kind] == file; }

  void install(const Step& step) {
    for (int restarts = 0; goes_on(); ++restarts) {
      if (runs(step.file) && !world_.on_trial()) return;
      if (restarts == most_restarts) return brick("it cannot be updated any more");
      if (world_.on_trial()) {
        run_trial(step);
      } else if (upload_all(step)) {
        restart_if_on();
      } else {
        return;
      }
    }
  }

  /// Confirms; slowly: only at the third start.
  void run_trial(const Step& step) {
    if (step.action == Step::Action::install_slowly && machine_.times_spoilt < 2) {
      spoil_trial();
      return restart_if_on();
    }
    world_.confirm_begins();
    const Status confirmed = device_->trial().confirm();
    if (!goes_on()) return;
    if (!confirmed.ok()) return brick("a confirmation cannot be saved");
    world_.confirm_ends();
  }

  /// Ends the trial that runs, each time in another way.
  void spoil_trial() {
    element::Trial& trial = device_->trial();
    switch (machine_.times_spoilt++ % 4) {
      case 0:
        world_.suspended();
        return trial.suspend();
      case 1:
        return trial.fail(UpdateError::application_crashed);
      case 2:
        [[maybe_unused]] const milliseconds wait = trial.loop(Instant{element::TrialSettings{}.period});
        return;
    }
  }

  void try_broken(const Step& step) {
    for (int restarts = 0; goes_on(); ++restarts) {
      if (restarts == most_restarts) return brick("an image that fails is not given up");
      if (world_.on_trial()) {
        spoil_trial();
      } else if (machine_.times_spoilt > 0 || !upload_all(step)) {
        return;
      }
      restart_if_on();
    }
  }

  /// False: it came to nothing, and that is no wonder.
  [[nodiscard]] bool upload_all(const Step& step) {
    if (step.partner != FileId::none && !upload(step.partner, UpdateError::none)) return false;
    return upload(step.file, UpdateError::none);
  }

  bool upload(FileId id, UpdateError expected) {
    const File& file = case_.catalog[id];
    world_.upload_begins(id);
    const UpdateError error = device_->upload(file, file.upload.size());
    if (!goes_on()) return false;
    world_.upload_ends(error == UpdateError::none, device_->store().record().has_candidate());
    if (error == expected) return true;
    const bool may_fail = case_.geometry.firmware_slot_is_bad && file.kind == image::Kind::firmware;
    if (!may_fail || !is_flash_error(error)) {
      brick("an upload of " + std::string{file.name} + " ended with " + std::string{describe(error).name});
    }
    return false;
  }

  void abandon(FileId id) {
    const File& file = case_.catalog[id];
    world_.upload_begins(id);
    const UpdateError error = device_->upload(file, file.upload.size() / 2);
    if (!goes_on()) return;
    world_.upload_ends(false, false);
    const bool may_fail = case_.geometry.firmware_slot_is_bad && is_flash_error(error);
    if (error != UpdateError::connection_lost && !may_fail) brick("half an upload was taken as a whole one");
  }

  /// The journal knows the last update.
  void look_at_history() {
    if constexpr (plant != Plant::none) return;  // it is found for what it is
    const FileId last = case_.steps.back().file;
    if (!case_.geometry.history_is_bad && runs(last) && !is_told_as_confirmed(case_.catalog[last])) {
      brick("the history does not tell the last update");
    }
  }

  [[nodiscard]] bool is_told_as_confirmed(const File& file) {
    const auto prefix = boot::prefix_of(crypto::sha256({file.image.data(), file.image.size()}));
    const boot::RecentUpdates recent = device_->history().recent();
    for (const boot::HistoryEntry& entry : recent.view()) {
      if (entry.to == prefix) return entry.result == boot::UpdateResult::confirmed;
    }
    return false;
  }

  const Case& case_;
  Machine& machine_;
  World& world_;
  SimFlash chip_;
  Memory memory_;
  std::optional<Device<plant>> device_;
  std::string brick_;
};

/// Two entries before the end of the journal's last sector.
void fill_history(const Case& what, Machine& machine) {
  SimFlash chip{what.geometry.chip, machine.chip};
  const boot::Area area = what.geometry.map.history;
  boot::History history{chip, area};
  history.load();
  for (std::uint32_t i = 0; i + 4 < area.size_bytes / boot::history_entry_bytes; ++i) {
    boot::HistoryEntry entry;
    entry.cause = UpdateError::connection_lost;
    [[maybe_unused]] const Status added = history.add(entry);
  }
  [[maybe_unused]] const Status flushed = chip.flush();
}

}  // namespace

Case::Case(const Geometry& the_geometry, const Scenario& the_scenario, const Catalog& the_catalog)
    : geometry{the_geometry}, scenario{the_scenario}, catalog{the_catalog}, steps{the_scenario.steps} {
  policy.mode = scenario.signatures;
  policy.keys = &catalog.keys();
  steps.push_back({Step::Action::install, FileId::last_firmware});
  if (geometry.firmware_slot_is_bad) steps.push_back({Step::Action::install, FileId::last_filesystem});
}

Machine prepared(const Case& what, std::uint64_t seed, Plant plant) {
  Machine machine{what, seed};
  if (!what.scenario.blank) {
    Case factory = what;
    factory.steps = {{Step::Action::install, FileId::factory_firmware},
                     {Step::Action::install, FileId::factory_filesystem}};
    const End end = go_on(factory, machine, {}, plant);
    if (end.how != End::How::done) throw std::runtime_error{"no factory state: " + end.brick};
  }
  if (what.scenario.full_history) fill_history(what, machine);
  machine.step = 0;
  return machine;
}

End go_on(const Case& what, Machine& machine, const Cut& cut, Plant plant) {
  switch (plant) {
    case Plant::none:
      return Session<Plant::none>{what, machine, cut}.go_on();
    case Plant::commit_before_verify:
      return Session<Plant::commit_before_verify>{what, machine, cut}.go_on();
    case Plant::non_atomic_record:
      return Session<Plant::non_atomic_record>{what, machine, cut}.go_on();
    case Plant::late_attempt:
      return Session<Plant::late_attempt>{what, machine, cut}.go_on();
  }
  return {};
}

}  // namespace airlift::sim
