#pragma once
// One single-threaded loop for everything that waits: avahi's own sockets and timers, ours, and time-outs.
//
// Avahi is served by its AvahiSimplePoll. Our descriptors live in one epoll set, which is a single watch of
// that poll: AvahiSimplePoll serves only the first ready watch of its list per turn, so a busy TCP stream
// would starve the rest. Our timers run on the monotonic clock; avahi's run on the wall clock and wait longer
// when that is set back.

#include <avahi-common/simple-watch.h>
#include <poll.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>

#include "airlift_posix/unique_fd.hpp"

namespace airlift::posix {

class EventLoop;

enum class Interest : std::uint8_t { none, readable, writable, both };

/// Keeps a descriptor watched as long as it lives. Move-only. It may be destroyed at any time, also in its
/// own callback, but before the loop and before the descriptor is closed.
class [[nodiscard]] Watch {
 public:
  Watch() = default;
  Watch(Watch&& other) noexcept : loop_{std::exchange(other.loop_, nullptr)}, id_{other.id_} {}
  Watch& operator=(Watch&& other) noexcept;
  ~Watch() { reset(); }

  void reset();
  /// Only while active().
  void set_interest(Interest interest);
  [[nodiscard]] bool active() const { return loop_ != nullptr; }

 private:
  friend class EventLoop;
  Watch(EventLoop& loop, std::uint64_t id) : loop_{&loop}, id_{id} {}

  EventLoop* loop_{nullptr};
  std::uint64_t id_{0};
};

/// Keeps a time-out pending as long as it lives. Move-only. It may be destroyed at any time, also in its own
/// callback, but before the loop; after its callback has run it does nothing.
class [[nodiscard]] Timer {
 public:
  Timer() = default;
  Timer(Timer&& other) noexcept : loop_{std::exchange(other.loop_, nullptr)}, key_{std::move(other.key_)} {}
  Timer& operator=(Timer&& other) noexcept;
  ~Timer() { reset(); }

  void reset();

 private:
  friend class EventLoop;
  using Key = std::pair<std::chrono::steady_clock::time_point, std::uint64_t>;
  Timer(EventLoop& loop, Key key) : loop_{&loop}, key_{key} {}

  EventLoop* loop_{nullptr};
  Key key_;
};

/// Callbacks run inside iterate() only; they may create and destroy handles, but not call iterate().
class EventLoop {
 public:
  /// Throws std::system_error when the system has no descriptors left.
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Calls `ready` in each turn in which `fd` is ready (level-triggered: until it is drained), has an error
  /// or has been hung up. One watch per descriptor. Throws std::system_error when `fd` cannot be watched.
  [[nodiscard]] Watch watch(int fd, Interest interest, std::function<void()> ready);

  /// Calls `expired` once, not earlier than `delay` from now.
  [[nodiscard]] Timer after(std::chrono::milliseconds delay, std::function<void()> expired);

  /// Waits for the next events, at most `longest_wait` (0: not at all), dispatches them and returns.
  void iterate(std::chrono::milliseconds longest_wait);

  /// For avahi's objects, which must be freed before the loop.
  [[nodiscard]] const AvahiPoll* avahi_api() { return avahi_simple_poll_get(poll_.get()); }

 private:
  friend class Watch;
  friend class Timer;

  struct WatchEntry {
    int fd;
    std::shared_ptr<std::function<void()>> ready;  ///< shared, so that it outlives a reset() in its own call
  };
  struct PollFree {
    void operator()(AvahiSimplePoll* poll) const { avahi_simple_poll_free(poll); }
  };

  static int poll_and_count(pollfd* descriptors, unsigned count, int wait_ms, void* loop);
  [[nodiscard]] std::chrono::milliseconds shortened_by_timers(std::chrono::milliseconds wait) const;
  void dispatch_watches();
  void dispatch_timers();

  std::unique_ptr<AvahiSimplePoll, PollFree> poll_;
  UniqueFd epoll_;
  std::unordered_map<std::uint64_t, WatchEntry> watches_;
  std::map<Timer::Key, std::function<void()>> timers_;
  std::uint64_t next_id_{0};
  bool avahi_is_ready_{false};  ///< in the last poll: a descriptor of avahi's was ready
};

}  // namespace airlift::posix
