#include "airlift_posix/event_loop.hpp"

#include <avahi-common/timeval.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <vector>

#include "airlift_posix/descriptor_limit.hpp"
#include "support/eventually.hpp"

namespace airlift::posix {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::eventually;

constexpr milliseconds no_wait{0};

class Pipe {
 public:
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC), 0);
    read_end.reset(ends[0]);
    write_end.reset(ends[1]);
  }
  void put() { EXPECT_EQ(::write(write_end.get(), "x", 1), 1); }
  void take() {
    char byte{};
    EXPECT_EQ(::read(read_end.get(), &byte, 1), 1);
  }

  UniqueFd read_end;
  UniqueFd write_end;
};

class EventLoopTest : public ::testing::Test {
 protected:
  EventLoop loop_;
};

TEST_F(EventLoopTest, ReturnsAtOnceWhenToldNotToWait) {
  const auto start = steady_clock::now();
  for (int i = 0; i < 1000; ++i) loop_.iterate(no_wait);
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds{5});  // 1 ms each would still be a wait
}

TEST_F(EventLoopTest, WaitsNoLongerThanTold) {
  const auto start = steady_clock::now();
  loop_.iterate(milliseconds{20});
  EXPECT_GE(steady_clock::now() - start, milliseconds{19});
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds{10});
}

TEST_F(EventLoopTest, CallsUntilDrained) {
  Pipe pipe;
  int calls{0};
  const Watch watch = loop_.watch(pipe.read_end.get(), Interest::readable, [&] { ++calls; });
  loop_.iterate(no_wait);
  EXPECT_EQ(calls, 0);
  pipe.put();
  loop_.iterate(std::chrono::seconds{10});
  loop_.iterate(std::chrono::seconds{10});
  EXPECT_EQ(calls, 2);
  pipe.take();
  loop_.iterate(no_wait);
  EXPECT_EQ(calls, 2);
}

TEST_F(EventLoopTest, ChangesInterest) {
  Pipe pipe;
  int calls{0};
  Watch watch = loop_.watch(pipe.write_end.get(), Interest::readable, [&] { ++calls; });
  loop_.iterate(no_wait);
  EXPECT_EQ(calls, 0);
  watch.set_interest(Interest::both);
  loop_.iterate(no_wait);
  EXPECT_EQ(calls, 1);
  watch.set_interest(Interest::readable);
  loop_.iterate(no_wait);
  EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, EndsAWatchWithItsHandle) {
  Pipe pipe;
  int calls{0};
  pipe.put();
  {
    const Watch watch = loop_.watch(pipe.read_end.get(), Interest::readable, [&] { ++calls; });
  }
  loop_.iterate(no_wait);
  EXPECT_EQ(calls, 0);
  const Watch again = loop_.watch(pipe.read_end.get(), Interest::readable, [&] { ++calls; });
  loop_.iterate(no_wait);
  EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, MovesHandles) {
  Pipe pipe;
  int calls{0};
  pipe.put();
  Watch first = loop_.watch(pipe.read_end.get(), Interest::readable, [&] { ++calls; });
  Watch second{std::move(first)};
  Watch third;
  third = std::move(second);
  EXPECT_TRUE(third.active());
  loop_.iterate(no_wait);
  EXPECT_EQ(calls, 1);
  third = Watch{};
  loop_.iterate(no_wait);
  EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, LetsACallbackDestroyItsOwnWatch) {
  Pipe pipe;
  pipe.put();
  const std::string captured{"long enough to live on the heap, so that ASan sees a use after free"};
  std::size_t seen{0};
  Watch watch;
  watch = loop_.watch(pipe.read_end.get(), Interest::readable, [&watch, &seen, captured] {
    watch.reset();
    seen += captured.size();
  });
  loop_.iterate(no_wait);
  loop_.iterate(no_wait);
  EXPECT_EQ(seen, captured.size());
}

TEST_F(EventLoopTest, LetsACallbackDestroyAnotherReadyWatch) {
  std::array<Pipe, 2> pipes;
  std::array<Watch, 2> watches;
  int calls{0};
  for (std::size_t i = 0; i < 2; ++i) {
    pipes[i].put();
    watches[i] = loop_.watch(pipes[i].read_end.get(), Interest::readable, [&watches, &calls, other = 1 - i] {
      ++calls;
      watches[other].reset();
    });
  }
  loop_.iterate(no_wait);
  EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, StarvesNobodyForABusyDescriptor) {
  std::array<Pipe, 3> pipes;
  std::array<int, 3> calls{};
  std::vector<Watch> watches;
  for (std::size_t i = 0; i < 3; ++i) {
    pipes[i].put();
    watches.push_back(loop_.watch(pipes[i].read_end.get(), Interest::readable, [&calls, i] { ++calls[i]; }));
  }
  bool avahi_was_served{false};
  Pipe avahi_pipe;
  avahi_pipe.put();
  AvahiWatch* const avahi_watch = loop_.avahi_api()->watch_new(
      loop_.avahi_api(), avahi_pipe.read_end.get(), AVAHI_WATCH_IN,
      [](AvahiWatch*, int, AvahiWatchEvent, void* served) { *static_cast<bool*>(served) = true; },
      &avahi_was_served);
  for (int i = 0; i < 10; ++i) loop_.iterate(no_wait);
  EXPECT_EQ(calls, (std::array<int, 3>{10, 10, 10}));
  EXPECT_TRUE(avahi_was_served);
  loop_.avahi_api()->watch_free(avahi_watch);
}

TEST_F(EventLoopTest, ServesAvahisTimers) {
  bool fired{false};
  timeval at{};
  avahi_elapse_time(&at, 5, 0);
  AvahiTimeout* const timeout = loop_.avahi_api()->timeout_new(
      loop_.avahi_api(), &at, [](AvahiTimeout*, void* flag) { *static_cast<bool*>(flag) = true; }, &fired);
  EXPECT_TRUE(eventually(loop_, [&] { return fired; }));
  loop_.avahi_api()->timeout_free(timeout);
}

TEST_F(EventLoopTest, ServesSeveralOfAvahisEventsInOneTurnButNotWithoutEnd) {
  struct Source {
    Pipe pipe;
    int taken{0};
  } source;
  for (int i = 0; i < 20; ++i) source.pipe.put();
  const AvahiPoll* api = loop_.avahi_api();
  AvahiWatch* watch = api->watch_new(
      api, source.pipe.read_end.get(), AVAHI_WATCH_IN,
      [](AvahiWatch*, int, AvahiWatchEvent, void* data) {
        static_cast<Source*>(data)->pipe.take();
        ++static_cast<Source*>(data)->taken;
      },
      &source);
  loop_.iterate(no_wait);
  EXPECT_EQ(source.taken, 16);
  loop_.iterate(no_wait);
  EXPECT_EQ(source.taken, 20);
  api->watch_free(watch);
}

TEST_F(EventLoopTest, RefusesADescriptorThatCannotBeWatched) {
  EXPECT_THROW((void)loop_.watch(-1, Interest::readable, {}), std::system_error);
}

TEST_F(EventLoopTest, FiresTimersOnceInOrderAndNotEarly) {
  std::vector<int> fired;
  const auto start = steady_clock::now();
  const Timer late = loop_.after(milliseconds{30}, [&] { fired.push_back(2); });
  const Timer early = loop_.after(milliseconds{10}, [&] { fired.push_back(1); });
  EXPECT_TRUE(eventually(loop_, [&] { return fired.size() == 2; }));
  EXPECT_GE(steady_clock::now() - start, milliseconds{30});
  loop_.iterate(milliseconds{1});
  EXPECT_EQ(fired, (std::vector<int>{1, 2}));
}

TEST_F(EventLoopTest, WakesUpForATimer) {
  bool fired{false};
  const Timer timer = loop_.after(milliseconds{10}, [&] { fired = true; });
  const auto start = steady_clock::now();
  for (int i = 0; i < 3 && !fired; ++i) loop_.iterate(std::chrono::seconds{30});
  EXPECT_TRUE(fired);
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds{20});
}

TEST_F(EventLoopTest, LetsACallbackReplaceOrDestroyTimers) {
  int fired{0};
  Timer self;
  Timer other;
  const std::string captured{"long enough to live on the heap, so that ASan sees a use after free"};
  self = loop_.after(no_wait, [&, captured] {
    other.reset();
    self = loop_.after(no_wait, [&] { ++fired; });
    fired += captured.empty() ? 1000 : 10;
  });
  other = loop_.after(no_wait, [&] { fired += 100; });  // behind it, however late it is
  EXPECT_TRUE(eventually(loop_, [&] { return fired >= 11; }));
  self.reset();
  loop_.iterate(milliseconds{5});
  EXPECT_EQ(fired, 11);
}

/// As many descriptors and time-outs as a hundred uploads have.
class BusyEventLoop : public EventLoopTest {
 protected:
  static constexpr std::size_t count{500};

  void watch(std::size_t how_many, unsigned ready) {
    calls_.resize(how_many);
    for (std::size_t i = 0; i < how_many; ++i) {
      descriptors_.emplace_back(eventfd(ready, EFD_NONBLOCK | EFD_CLOEXEC));
      watches_.push_back(
          loop_.watch(descriptors_.back().get(), Interest::readable, [this, i] { ++calls_[i]; }));
      timers_.push_back(loop_.after(std::chrono::hours{1}, [] {}));
    }
  }
  /// The best of some series, because others use this machine, too.
  std::chrono::nanoseconds time_of_a_turn() {
    constexpr int turns{200};
    auto best = std::chrono::nanoseconds::max();
    for (int series = 0; series < 20; ++series) {
      const auto start = steady_clock::now();
      for (int i = 0; i < turns; ++i) loop_.iterate(no_wait);
      best = std::min<std::chrono::nanoseconds>(best, (steady_clock::now() - start) / turns);
    }
    return best;
  }

  std::vector<UniqueFd> descriptors_;
  std::vector<int> calls_;
  std::vector<Watch> watches_;
  std::vector<Timer> timers_;
};

TEST_F(BusyEventLoop, ServesAllInTurn) {
  watch(count, 1);
  constexpr int rounds{4};
  for (std::size_t i = 0; i < rounds * count / 64 + rounds; ++i) loop_.iterate(no_wait);
  const auto [least, most] = std::minmax_element(calls_.begin(), calls_.end());
  EXPECT_GE(*least, rounds);
  EXPECT_LE(*most, rounds + 1);
}

TEST_F(BusyEventLoop, FiresAllThatAreDueInOneTurn) {
  std::size_t fired{0};
  for (std::size_t i = 0; i < count; ++i) timers_.push_back(loop_.after(no_wait, [&] { ++fired; }));
  loop_.iterate(std::chrono::milliseconds{1});
  EXPECT_EQ(fired, count);
}

TEST_F(BusyEventLoop, CostsNoMoreForManyThatAreIdle) {
  watch(1, 0);
  const auto for_one = time_of_a_turn();
  watch(count, 0);
  EXPECT_LT(time_of_a_turn(), for_one * 4);
}

TEST(DescriptorLimit, IsRaisedAsFarAsAllowed) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit low{before.rlim_max / 2, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(raise_descriptor_limit(), before.rlim_max);
  rlimit after{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
}  // namespace airlift::posix
