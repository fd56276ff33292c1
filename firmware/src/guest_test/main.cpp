// The contracts of core's ports, held against this board's inside the board.

#include "board/layout_ini.hpp"
#include "contract/portable/flash_contract.hpp"
#include "guest_test/tap.hpp"

namespace airlift::firmware {
namespace {

/// Behind all that layout.ini gives a place to, so that the image itself and what is known of it stay.
class BoardFlash final : public contract::FlashSubject {
 public:
  BoardFlash() {
    if (sector(0) < board::layout().seed.end()) bail_out("the flash has no sectors to spare");
    if (!flash().erase(sector(0), flash().geometry().size_bytes).ok()) bail_out("the flash cannot be erased");
  }
  [[nodiscard]] port::Flash& flash() override { return board::flash(); }
  [[nodiscard]] MutableBytes scratch() override {
    static std::array<std::uint8_t, 3 * layout_ini::sector_size + 256> bytes;
    return bytes;
  }
};

}  // namespace
}  // namespace airlift::firmware

int main() {
  using namespace airlift::firmware;
  board::start();
  Tap tap;
  tap.run<BoardFlash>("flash", airlift::contract::flash_cases);
  tap.finish();
  wait_for_ever();
}
