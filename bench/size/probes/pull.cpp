// With the element that asks a server, without HTTP client and TLS, which are the board's.

#include "airlift/pull/update_element.hpp"
#include "probes/elements.hpp"

namespace airlift::probe {
namespace {

struct Device : Elements {
  explicit Device(const Ports& ports)
      : Elements{ports},
        update{{ports.http, ports.offers, ports.entropy, ports.calendar},
               ota,
               updater,
               {"AA:BB:CC:DD:EE:FF", 1, "1"}} {
    add("update", update);
    set("update", "url", "https://updates.example/probe.bin");
    set("update", "interval", "1h");
  }
  pull::UpdateElement update;
};

Placed<Device> device;

}  // namespace

const Way way{Way::server};

bool start(const Ports& ports) {
  Device& made = device.make(ports);
  const bool is_new = made.start();
  [[maybe_unused]] const Status asked = made.update.check_now();
  return is_new;
}

Progress loop(Instant now) {
  return device.get().loop(now);
}

}  // namespace airlift::probe
