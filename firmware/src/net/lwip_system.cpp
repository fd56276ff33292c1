#include "net/lwip_system.hpp"

#include <lwip/sys.h>

#include <array>

#include "airlift/base/endian.hpp"
#include "board/board.hpp"

namespace airlift::firmware {
namespace {

port::Entropy* entropy_source{nullptr};

}  // namespace

void set_lwip_entropy(port::Entropy& entropy) {
  entropy_source = &entropy;
}

}  // namespace airlift::firmware

namespace board = airlift::firmware::board;

/// Milliseconds; lwIP only looks at differences.
u32_t sys_now() {
  return static_cast<u32_t>(board::uptime().count() / 1000);
}

/// For ports, transaction numbers and delays. A device without entropy still gets on the network, and answers
/// nobody who would have to trust it.
std::uint32_t airlift_lwip_random() {
  std::array<std::uint8_t, 4> bytes{};
  const bool filled =
      airlift::firmware::entropy_source != nullptr && airlift::firmware::entropy_source->fill(bytes).ok();
  return filled ? airlift::load_le32(bytes.data()) : board::cycles();
}

/// An assertion of lwIP's does not hold: its memory is damaged, or it is called wrongly.
void airlift_lwip_stop(const char* reason) {
  board::write_console("lwIP: ");
  board::write_console(reason);
  board::write_console("\n");
  board::reset_because(airlift::UpdateError::application_crashed);
}
