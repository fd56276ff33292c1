#pragma once
// A device with a board and the elements `device` and `ota`, which takes signed images only.

#include <new>

#include "airlift/boot/boot_sequence.hpp"
#include "airlift/element/board.hpp"
#include "airlift/element/ota_element.hpp"
#include "harness/ports.hpp"

namespace airlift::probe {

/// The one key that is built in.
class BuiltInKey final : public element::KeySource {
 public:
  explicit BuiltInKey(Bytes der) : der_{der} {}
  Status load(std::string_view, image::KeyRing& ring) override {
    const Result<crypto::KeyView> key = crypto::KeyView::from_der(der_);
    if (!key.ok()) return key.error();
    return ring.add(key.value()) ? Status{} : Status{UpdateError::no_space};
  }

 private:
  Bytes der_;
};

inline constexpr std::size_t sector_bytes{4096};
alignas(4) inline std::array<std::uint8_t, sector_bytes> sector;

struct Elements {
  explicit Elements(const Ports& ports)
      : store{ports.flash, ports.map},
        history{ports.flash, ports.map.history},
        updater{store, history, {sector}},
        keys{ports.key},
        ota{{ports.socket,
             ports.stream,
             ports.advertiser,
             ports.entropy,
             ports.calendar,
             keys,
             ports.extension_stream,
             ports.listener,
             {}},
            updater,
            "probe"},
        board{registry, device, ports.log, ports.system} {
    add("device", device);
    add("ota", ota);
    set("device", "safemode", "false");
    set("ota", "passwd", "secret");
    set("ota", "auth", "sha256");
    set("ota", "keys", "built-in");
  }

  void add(std::string_view type, element::Element& element) {
    [[maybe_unused]] const bool added = registry.add(type, element, element::Presence::always);
  }
  void set(std::string_view type, std::string_view property, std::string_view value) {
    board.set({"config.json", type, "0", property, value});
  }

  /// True: what runs is a new image, confirmed now.
  bool start() {
    const Result<boot::BootPlan> plan = boot::prepare_boot(store, boot::default_attempts, sector);
    history.load();
    board.start({});
    board.network_is_up({});
    board.time_is_known({});
    return plan.ok() && plan.value().on_trial && store.confirm().ok();
  }

  Progress loop(Instant now) {
    [[maybe_unused]] const milliseconds wait = board.loop(now);
    return updater.phase() == update::Updater::Phase::done && !ota.busy() ? Progress::restart
                                                                          : Progress::running;
  }

  boot::SlotStore store;
  boot::History history;
  update::Updater updater;
  BuiltInKey keys;
  element::ElementRegistry registry;
  element::DeviceElement device{"probe"};
  element::OtaElement ota;
  element::Board board;
};

/// The memory of the one device, made anew with each start.
template <typename Device>
class Placed {
 public:
  Device& make(const Ports& ports) { return *new (memory_.data()) Device{ports}; }
  Device& get() { return *std::launder(reinterpret_cast<Device*>(memory_.data())); }

 private:
  alignas(Device) std::array<std::uint8_t, sizeof(Device)> memory_{};
};

}  // namespace airlift::probe
