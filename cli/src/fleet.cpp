#include "fleet.hpp"

#include <algorithm>
#include <utility>

#include "diagnosis.hpp"

namespace airlift::cli {

/// One try.
class Fleet::Run final : public UploadObserver {
 public:
  Run(Fleet& fleet, FleetDevice& device)
      : fleet_{fleet},
        device_{device},
        upload_{fleet.loop_, fleet.options_.upload, fleet.image_, device.report.target, *this} {
    ++device.tries;
    device.transfer_time = milliseconds{0};
    upload_.start();
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  void cancel() { upload_.cancel(); }
  [[nodiscard]] bool over() const { return upload_.finished(); }
  [[nodiscard]] const UploadReport& report() const { return upload_.report(); }
  [[nodiscard]] FleetDevice& device() const { return device_; }

 private:
  void entered(Stage stage) override {
    device_.stage = stage;
    if (stage == Stage::transfer) transfer_begin_ = fleet_.clock_.now();
    fleet_.tell(&FleetView::entered, device_);
  }
  void progress(std::uint32_t taken_bytes, std::uint32_t size_bytes) override {
    const Instant now = fleet_.clock_.now();
    device_.report.taken_bytes = taken_bytes;
    device_.report.size_bytes = size_bytes;
    device_.transfer_time = now - transfer_begin_.value_or(now);
    fleet_.tell(&FleetView::progress, device_, now);
  }
  void trace(std::string_view text) override { fleet_.tell(&FleetView::trace, device_, text); }

  Fleet& fleet_;
  FleetDevice& device_;
  std::optional<Instant> transfer_begin_;
  DeviceUpload upload_;
};

Fleet::Fleet(posix::EventLoop& loop, const Interrupt& interrupt, UploadImage& image, FleetOptions options,
             std::vector<FleetView*> views)
    : loop_{loop},
      interrupt_{interrupt},
      image_{image},
      options_{std::move(options)},
      views_{std::move(views)},
      finder_{loop, options_.request},
      schedule_{options_.schedule} {}

Fleet::~Fleet() = default;

void Fleet::run() {
  turn();
  while (!finder_.finished() || !schedule_.idle()) {
    loop_.iterate(patience());
    turn();
  }
}

void Fleet::turn() {
  for (Finding& finding : finder_.take_findings()) add(std::move(finding));
  if (interrupt_.requested() && !cancelled_) cancel();
  collect_ended();
  if (prompt_for_ && running_.empty()) ask_password();
  if (schedule_.stopped()) note_stop();
  start_next();
  tell(&FleetView::tick, devices_, clock_.now());
}

void Fleet::add(Finding finding) {
  FleetDevice& device = devices_.emplace_back();
  device.id = schedule_.add();
  device.asked = std::move(finding.asked);
  device.report.target = std::move(finding.target);
  device.report.failure = std::move(finding.failure);
  device.report.size_bytes = image_.size_bytes();
  if (device.report.failure) {
    add_causes(device.report, options_.upload);
    device.report.target.name = device.asked;
    schedule_.failed(clock_.now(), device.id, device.report.failure->code);
    return take_state(device);
  }
  if (device.report.target.endpoints.empty()) {  // given up before it was found
    device.report.target.name = device.asked;
    return;
  }
  device.report.device = device.report.target.endpoints.front();
  tell(&FleetView::found, device);
  const bool missing = finding.password == PasswordNeed::yes && options_.upload.password.empty();
  if (missing && worth_a_prompt(UpdateError::password_needed)) prompt_for_ = device.report.target.name;
}

void Fleet::start_next() {
  if (prompt_for_) return;
  while (const auto id = schedule_.take_next(clock_.now())) {
    FleetDevice& device = *std::next(devices_.begin(), static_cast<std::ptrdiff_t>(*id));
    take_state(device);
    running_.emplace_back(*this, device);
  }
}

void Fleet::collect_ended() {
  for (auto run = running_.begin(); run != running_.end();) {
    if (!run->over()) {
      ++run;
      continue;
    }
    FleetDevice& device = run->device();
    device.report = run->report();
    add_causes(device.report, options_.upload);
    run = running_.erase(run);
    ended(device);
  }
}

void Fleet::ended(FleetDevice& device) {
  const auto& failure = device.report.failure;
  if (!failure) {
    schedule_.succeeded(device.id);
  } else if (worth_a_prompt(failure->code)) {
    prompt_for_ = device.report.target.name;
    schedule_.again(device.id);
  } else if (const auto rest = schedule_.failed(clock_.now(), device.id, failure->code)) {
    tell(&FleetView::resting, device, *rest);
  }
  take_state(device);
}

bool Fleet::worth_a_prompt(UpdateError error) const {
  if (!options_.ask_password || cancelled_) return false;
  if (error == UpdateError::password_needed) return prompts_ == 0;
  // For many devices a wrong one is not guessed about: it may be right for most of them.
  const bool single = !options_.request.by_pattern() && options_.request.names.size() == 1;
  return error == UpdateError::wrong_password && single && prompts_ > 0 && prompts_ < most_prompts;
}

void Fleet::ask_password() {
  tell(&FleetView::give_way);
  options_.upload.password.clear();
  const auto typed = options_.ask_password(*std::exchange(prompt_for_, {}), ++prompts_);
  if (!typed) return cancel();
  options_.upload.password = *typed;
}

void Fleet::cancel() {
  cancelled_ = true;
  prompt_for_.reset();
  for (const std::string& name : finder_.give_up()) {
    add({name,
         {},
         PasswordNeed::unknown,
         make_failure(UpdateError::cancelled, Stage::resolve, "cancelled while looking for " + name)});
  }
  schedule_.stop();
  for (Run& run : running_) run.cancel();
}

/// What is not started any more has ended, too.
void Fleet::note_stop() {
  prompt_for_.reset();
  for (const std::string& name : finder_.give_up()) add({name, {}, PasswordNeed::unknown, {}});
  for (FleetDevice& device : devices_) take_state(device);
}

void Fleet::take_state(FleetDevice& device) {
  const Schedule::State before = std::exchange(device.state, schedule_.state(device.id));
  if (before != device.state && device.state >= Schedule::State::succeeded)
    tell(&FleetView::finished, device);
}

milliseconds Fleet::patience() const {
  constexpr milliseconds longest{100};
  const auto waits = [](const Run& run) { return run.over(); };
  return std::any_of(running_.begin(), running_.end(), waits) ? milliseconds{0} : longest;
}

}  // namespace airlift::cli
