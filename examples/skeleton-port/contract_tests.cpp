// The contracts of core's ports, held against these, as lines of the Test Anything Protocol. On a board,
// print to its console. The last line is there when all cases have been run; the status is 1 when one has
// failed.

#include <array>
#include <cstdio>

#include "contract/portable/clock_contract.hpp"
#include "contract/portable/datagram_socket_contract.hpp"
#include "contract/portable/entropy_contract.hpp"
#include "contract/portable/flash_contract.hpp"
#include "ports.hpp"

namespace skeleton {
namespace {

namespace contract = airlift::contract;

class Tap final : public contract::Verdict {
 public:
  template <typename Subject, typename Contract, std::size_t Count>
  void run(const char* port, const contract::Case<Contract> (&cases)[Count]) {
    for (const contract::Case<Contract>& each : cases) {
      held_ = true;
      Subject subject;
      each.run(subject, *this);
      std::printf("%s %d - %s: %s\n", held_ ? "ok" : "not ok", ++count_, port, each.name);
      all_held_ = all_held_ && held_;
    }
  }
  [[nodiscard]] int finish() const {
    std::printf("1..%d\n", count_);
    return all_held_ ? 0 : 1;
  }

 private:
  void failed(const char* what, const char* file, int line) override {
    held_ = false;
    std::printf("# %s:%d: %s\n", file, line, what);
  }

  int count_{0};
  bool held_{true};
  bool all_held_{true};
};

struct ClockSubject final : contract::ClockSubject {
  port::Clock& clock() override { return clock_; }
  Clock clock_;
};

/// The last six sectors are erased and written.
struct FlashSubject final : contract::FlashSubject {
  FlashSubject() {
    [[maybe_unused]] const Status erased = flash_.erase(sector(0), flash_.geometry().size_bytes);
  }
  port::Flash& flash() override { return flash_; }
  MutableBytes scratch() override {
    static std::array<std::uint8_t, 3 * 4096 + 256> bytes;
    return bytes;
  }
  Flash flash_;
};

/// The peer is another socket of the same kind. lwIP reaches itself at 127.0.0.1; the contracts of Stream,
/// Listener and StreamPool have their peers in firmware/src/guest_test.
struct DatagramSubject final : contract::DatagramSubject {
  static constexpr std::uint16_t peer_port{40000};
  static constexpr port::IpAddress here{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127, 0, 0, 1}};

  DatagramSubject() { [[maybe_unused]] const Status opened = peer.open(peer_port); }
  port::DatagramSocket& tested() override { return socket; }
  void peer_sends(std::string_view text) override {
    const std::uint16_t port{0};  // what your socket was given by open(0)
    [[maybe_unused]] const Status sent = peer.send(airlift::as_bytes(text), {here, port, 0});
  }
  contract::Inbox peer_receives() override {
    contract::Inbox inbox;
    std::optional<port::DatagramSocket::Received> received;
    if (comes_about([&] { return (received = peer.receive(inbox.room())).has_value(); })) {
      inbox.add(received->size_bytes);
    }
    return inbox;
  }
  port::Endpoint peer_endpoint() override { return {here, peer_port, 0}; }
  std::uint16_t taken_port() override { return peer_port; }

  DatagramSocket socket;
  DatagramSocket peer;

 private:
  /// Poll your network in between; with a deadline.
  bool go_on_until(bool (*holds)(void*), void* context) override { return holds(context); }
};

}  // namespace
}  // namespace skeleton

int main() {
  using namespace skeleton;
  Tap tap;
  tap.run<ClockSubject>("clock", contract::clock_cases);
  tap.run<FlashSubject>("flash", contract::flash_cases);
  tap.run<Entropy>("entropy", contract::entropy_cases);
  tap.run<DatagramSubject>("datagram socket", contract::datagram_socket_cases);
  return tap.finish();
}
