#include "probes/elements.hpp"

namespace airlift::probe {
namespace {

Placed<Elements> device;

}  // namespace

const Way way{Way::espota};

bool start(const Ports& ports) {
  return device.make(ports).start();
}

Progress loop(Instant now) {
  return device.get().loop(now);
}

}  // namespace airlift::probe
