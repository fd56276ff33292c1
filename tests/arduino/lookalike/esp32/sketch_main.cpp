// Runs a sketch as the core does: one process is the chip from power-on on. Where it lies is in AIRLIFT_CHIP
// (a folder), what address it has in AIRLIFT_CHIP_ADDRESS. An image that says `does=crash-early` crashes
// before setup(), one that says `does=crash-late` after a few turns of loop().

#include <unistd.h>

#include <cstdlib>

#include "chip.hpp"
#include "esp_ota_ops.h"

void setup();
void loop();
extern "C" bool verifyRollbackLater();

int main() {
  const char* const folder = std::getenv("AIRLIFT_CHIP");
  const char* const address = std::getenv("AIRLIFT_CHIP_ADDRESS");
  if (folder == nullptr || address == nullptr) return 2;
  chip::connect(folder, address);
  if (!chip::boot()) {
    chip::say("chip: nothing to start");
    return 3;
  }
  chip::say(std::string{"chip: starts "} + esp_ota_get_running_partition()->label + " version " +
            chip::image_says("version"));
  const std::string does = chip::image_says("does");
  if (does == "crash-early") chip::restart("crashed early");
  if (!verifyRollbackLater()) esp_ota_mark_app_valid_cancel_rollback();
  setup();
  chip::say("chip: runs");
  constexpr int turns_until_crash{20};
  for (int turns = 0;; ++turns) {
    loop();
    usleep(500);
    if (does == "crash-late" && turns == turns_until_crash) chip::restart("crashed late");
  }
}
