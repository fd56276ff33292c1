#include "device.hpp"

int main() {
  static skeleton::Device device;
  device.start(device.clock.now());
  device.network_is_up(device.clock.now());
  for (;;) device.loop();
}
