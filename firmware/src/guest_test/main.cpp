// The contracts of core's ports, held against this board's inside the board.

#include "board/layout_ini.hpp"
#include "contract/portable/clock_contract.hpp"
#include "contract/portable/entropy_contract.hpp"
#include "contract/portable/flash_contract.hpp"
#include "guest_test/board_contract.hpp"
#include "guest_test/lwip_subjects.hpp"
#include "guest_test/tap.hpp"
#include "port/clock.hpp"
#include "port/seeded_entropy.hpp"

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

class ClockOfBoard final : public contract::ClockSubject {
 public:
  [[nodiscard]] port::Clock& clock() override { return clock_; }

 private:
  BoardClock clock_;
};

/// Each is a start of its own, and takes the seed that the one before has left.
class EntropyOfBoard final : public port::Entropy {
 public:
  EntropyOfBoard() {
    if (!entropy_.begin({}).ok()) bail_out("the flash holds no seed");
  }
  [[nodiscard]] Status fill(MutableBytes into) override { return entropy_.fill(into); }

 private:
  SeededEntropy entropy_{board::flash(), board::layout().seed};
};

/// For lwIP, which keeps no secret here.
class CountedCycles final : public port::Entropy {
 public:
  [[nodiscard]] Status fill(MutableBytes into) override {
    for (std::uint8_t& byte : into) byte = static_cast<std::uint8_t>(board::cycles());
    return {};
  }
};

CountedCycles counted_cycles;
Network network{counted_cycles};

/// On the board's network, which main() has started.
template <typename Subject>
struct OnNetwork : Subject {
  OnNetwork() : Subject{network} {}
};

}  // namespace
}  // namespace airlift::firmware

int main() {
  using namespace airlift::firmware;
  board::start();
  Tap tap;
  tap.run<ThisBoard>("board", board_cases);
  tap.run<BoardFlash>("flash", airlift::contract::flash_cases);
  tap.run<ClockOfBoard>("clock", airlift::contract::clock_cases);
  tap.run<EntropyOfBoard>("entropy", airlift::contract::entropy_cases);
  if (!network.start().ok()) bail_out("the board has no network");
  tap.run<OnNetwork<LwipDatagramSubject>>("datagram socket", airlift::contract::datagram_socket_cases);
  tap.run<OnNetwork<LwipStreamSubject>>("stream", airlift::contract::stream_cases);
  tap.run<OnNetwork<LwipListenerSubject>>("listener", airlift::contract::listener_cases);
  tap.run<OnNetwork<LwipStreamPoolSubject>>("stream pool", airlift::contract::stream_pool_cases);
  tap.finish();
  wait_for_ever();
}
