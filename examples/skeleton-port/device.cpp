#include "device.hpp"

namespace skeleton {
namespace {

namespace boot = airlift::boot;
namespace element = airlift::element;

/// Where on the flash what lies: images of up to 400 KiB.
constexpr boot::UniformLayout layout{4096, 400 * 1024};

}  // namespace

Device::Device()
    : store_{flash_, boot::uniform_map(layout)},
      history_{flash_, boot::uniform_map(layout).history},
      updater_{store_, history_, {block_}},
      ota_{{socket_, stream_, advertiser_, entropy_, calendar_, keys_, extension_stream_, listener_, {}},
           updater_,
           "skeleton"} {
  [[maybe_unused]] const bool added = registry_.add("device", device_, element::Presence::always) &&
                                      registry_.add("ota", ota_, element::Presence::always);
  // Read your configuration here; docs/configuration.md names the properties.
  for (const element::Setting& setting : {element::Setting{"built in", "device", "0", "safemode", "false"},
                                          element::Setting{"built in", "ota", "0", "confirm", "alive 60"}}) {
    board_.set(setting);
  }
}

void Device::start(Instant now) {
  const element::TrialSettings& settings = ota_.settings().trial();
  const auto plan = boot::prepare_boot(store_, settings.attempts, block_);
  history_.load();
  trial_.begin(plan.ok() ? plan.value() : boot::BootPlan{}, settings, now);
  board_.start(now);
}

airlift::milliseconds Device::loop() {
  const Instant now = clock.now();
  const airlift::milliseconds wait = board_.loop(now);
  const airlift::milliseconds trial_wait = trial_.loop(now);
  if (trial_.state() == element::Trial::State::failed) system_.reboot();
  return std::min(wait, trial_wait);
}

}  // namespace skeleton
