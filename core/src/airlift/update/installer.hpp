#pragma once
// What a board does besides the boot record so that its next start takes the new image, where the loader that
// starts images knows nothing of the record: eboot's command, an IDF's boot partition.

#include "airlift/boot/slot_store.hpp"

namespace airlift::update {

class Installer {
 public:
  virtual ~Installer() = default;
  /// The record of `store` names a candidate: the next start is to take it. Before the uploader is told.
  /// Outcomes: ok; any error: it cannot be started, and is rejected.
  [[nodiscard]] virtual Status install(const boot::SlotStore& store) = 0;
};

}  // namespace airlift::update
