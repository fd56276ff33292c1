#pragma once
// The flash of this board is plain memory, a file to QEMU: the memory protection unit keeps every store but
// the flash port's away from it.

namespace airlift::firmware::mps2 {

/// From now on a store into the flash faults.
void guard_flash();

}  // namespace airlift::firmware::mps2
