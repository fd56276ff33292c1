// Two network namespaces joined by a slow link, for measuring with real TCP on both ends where the kernel has
// no netem: one TAP device in each, and this program carries every frame from one to the other, late.
//
//   slow_link --delay-ms 10 [--drop-percent 1] [--rate-mbit 10] [--seed 1]
//
// prints, when the link is up, `ready <namespace file> <address> <namespace file> <address>`; run programs
// inside with `nsenter --net=<namespace file>`. The namespaces have no name: they are gone, with all
// addresses, when this program and those in them end. It ends with the process that started it. Needs root.

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <system_error>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

constexpr std::array<const char*, 2> addresses{"10.99.0.1", "10.99.0.2"};
constexpr const char* netmask{"255.255.255.0"};
constexpr std::size_t longest_frame_bytes{2048};
constexpr std::size_t longest_queue_frames{4096};  // a router drops, too, when its queue is full

struct Settings {
  double delay_ms{10};
  double drop_percent{0};
  double rate_mbit{0};  ///< 0: as fast as this program is
  unsigned seed{1};
};

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error{errno, std::generic_category(), what};
  return result;
}

ifreq request_for(const char* interface) {
  ifreq request{};
  std::strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
  return request;
}

void bring_up(int control, const char* interface) {
  ifreq request{request_for(interface)};
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  checked(::ioctl(control, SIOCSIFFLAGS, &request), "bring an interface up");
}

void set_address(int control, const char* interface, unsigned long which, const char* address) {
  ifreq request{request_for(interface)};
  sockaddr_in text{};
  text.sin_family = AF_INET;
  ::inet_pton(AF_INET, address, &text.sin_addr);
  std::memcpy(&request.ifr_addr, &text, sizeof text);
  checked(::ioctl(control, which, &request), "set an address");
}

/// One end of the link: a new network namespace with a TAP device and loopback.
struct End {
  int namespace_file;
  int tap;
};

End make_end(const char* address) {
  checked(::unshare(CLONE_NEWNET), "make a network namespace (are you root?)");
  const int namespace_file{checked(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "/proc/self/ns/net")};
  const int tap{checked(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC), "/dev/net/tun")};
  ifreq request{request_for("tap0")};
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  checked(::ioctl(tap, TUNSETIFF, &request), "make a TAP device");
  const int control{checked(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket")};
  set_address(control, "tap0", SIOCSIFADDR, address);
  set_address(control, "tap0", SIOCSIFNETMASK, netmask);
  bring_up(control, "tap0");
  bring_up(control, "lo");
  ::close(control);
  return {namespace_file, tap};
}

/// Frames on their way in one direction.
class Lane {
 public:
  Lane(const Settings& settings, int from, int to) : settings_{settings}, from_{from}, to_{to} {}

  void take_in(std::mt19937& random) {
    std::array<char, longest_frame_bytes> buffer;
    std::bernoulli_distribution drops{settings_.drop_percent / 100};
    while (true) {
      const ssize_t size{::read(from_, buffer.data(), buffer.size())};
      if (size <= 0) return;
      if (frames_.size() >= longest_queue_frames || drops(random)) continue;
      const Clock::time_point now{Clock::now()};
      if (settings_.rate_mbit > 0) {
        const double seconds{static_cast<double>(size) * 8 / (settings_.rate_mbit * 1e6)};
        free_at_ = std::max(free_at_, now) + nanoseconds{static_cast<long>(seconds * 1e9)};
      }
      const Clock::time_point sent{std::max(free_at_, now)};
      frames_.push_back({sent + nanoseconds{static_cast<long>(settings_.delay_ms * 1e6)},
                         {buffer.data(), buffer.data() + size}});
    }
  }

  void deliver() {
    while (!frames_.empty() && frames_.front().due <= Clock::now()) {
      const std::vector<char>& bytes{frames_.front().bytes};
      // What the interface does not take is lost, as on any link.
      [[maybe_unused]] const ssize_t written{::write(to_, bytes.data(), bytes.size())};
      frames_.pop_front();
    }
  }

  [[nodiscard]] nanoseconds time_left() const {
    if (frames_.empty()) return std::chrono::seconds{1};
    return std::max(nanoseconds{0}, nanoseconds{frames_.front().due - Clock::now()});
  }

 private:
  struct Frame {
    Clock::time_point due;
    std::vector<char> bytes;
  };

  const Settings& settings_;
  int from_;
  int to_;
  Clock::time_point free_at_{};
  std::deque<Frame> frames_;
};

[[noreturn]] void relay(const Settings& settings, int left, int right) {
  std::mt19937 random{settings.seed};
  std::array<Lane, 2> lanes{Lane{settings, left, right}, Lane{settings, right, left}};
  std::array<pollfd, 2> watched{pollfd{left, POLLIN, 0}, pollfd{right, POLLIN, 0}};
  while (true) {
    const nanoseconds wait{std::min(lanes[0].time_left(), lanes[1].time_left())};
    const timespec timeout{wait.count() / 1'000'000'000, wait.count() % 1'000'000'000};
    ::ppoll(watched.data(), watched.size(), &timeout, nullptr);
    for (Lane& lane : lanes) {
      lane.take_in(random);
      lane.deliver();
    }
  }
}

void run(const Settings& settings) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_TIMERSLACK, 1000UL);  // nanoseconds; the default of 50 µs would be added to each delay
  // On a busy machine frames would wait for the relay's turn as well; where this is forbidden, they do.
  const sched_param priority{10};
  ::sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority);
  const End left{make_end(addresses[0])};
  const End right{make_end(addresses[1])};
  std::printf("ready /proc/%d/fd/%d %s /proc/%d/fd/%d %s\n", ::getpid(), left.namespace_file, addresses[0],
              ::getpid(), right.namespace_file, addresses[1]);
  std::fflush(stdout);
  relay(settings, left.tap, right.tap);
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app{"Joins two network namespaces by a slow link."};
  app.add_option("--delay-ms", settings.delay_ms, "one way; the round trip takes twice as long");
  app.add_option("--drop-percent", settings.drop_percent, "of the frames, at random");
  app.add_option("--rate-mbit", settings.rate_mbit, "each way; 0: no limit");
  app.add_option("--seed", settings.seed, "of the drops");
  CLI11_PARSE(app, argc, argv);
  try {
    run(settings);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "slow_link: %s\n", error.what());
    return 1;
  }
}
