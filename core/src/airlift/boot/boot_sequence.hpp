#pragma once
// From power-on to what is started: reads the record, checks the images, decides, and saves what must be
// saved before the start. The boot loader of a board, and one start of the Linux device.

#include "airlift/boot/boot_decision.hpp"
#include "airlift/boot/slot_store.hpp"
#include "airlift/boot/slot_verifier.hpp"

namespace airlift::boot {

/// For `most_attempts`: as many as the record says. For boot loaders, which read no configuration.
inline constexpr std::uint8_t as_installed{0};

/// What to start.
struct BootPlan {
  SlotId firmware{SlotId::none};    ///< none: nothing can be started
  SlotId filesystem{SlotId::none};  ///< none: there is none, or none is whole
  bool on_trial{false};
  std::uint8_t attempt{0};                     ///< of the trial, counted from 1
  UpdateError rolled_back{UpdateError::none};  ///< why the candidate was given up just now
  UpdateError kept{
      UpdateError::none};  ///< why the candidate, the only whole image, is not confirmed: it stays
  bool recovered{false};   ///< every boot record was lost, a new one was made from the headers
  bool fell_back{false};   ///< an active image was damaged, the one before it took over
};

/// Loads `store` and prepares the start. `buffer` is for reading images, of any size; `most_attempts` is at
/// least 1, or as_installed; with a `verifier` an image is whole only when that agrees, too. Outcomes: the
/// plan; no_boot_record: the flash holds no image at all; flash_read, flash_misuse: as SlotStore::load().
[[nodiscard]] Result<BootPlan> prepare_boot(SlotStore& store, std::uint8_t most_attempts, MutableBytes buffer,
                                            SlotVerifier* verifier = nullptr);

}  // namespace airlift::boot
