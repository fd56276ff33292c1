#include "airlift_posix/event_loop.hpp"

#include <poll.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace airlift::posix {
namespace {

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

epoll_event event_for(Interest interest, std::uint64_t id) {
  epoll_event event{};
  if (interest == Interest::readable || interest == Interest::both) event.events |= EPOLLIN;
  if (interest == Interest::writable || interest == Interest::both) event.events |= EPOLLOUT;
  event.data.u64 = id;
  return event;
}

constexpr int avahi_events_per_turn{16};

/// The epoll set only wakes the poll; iterate() dispatches what it holds.
void wake_only(AvahiWatch*, int, AvahiWatchEvent, void*) {}

}  // namespace

Watch& Watch::operator=(Watch&& other) noexcept {
  if (this == &other) return *this;
  reset();
  loop_ = std::exchange(other.loop_, nullptr);
  id_ = other.id_;
  return *this;
}

void Watch::reset() {
  EventLoop* const loop = std::exchange(loop_, nullptr);
  if (loop == nullptr) return;
  const auto entry = loop->watches_.extract(id_);
  epoll_ctl(loop->epoll_.get(), EPOLL_CTL_DEL, entry.mapped().fd, nullptr);
}

void Watch::set_interest(Interest interest) {
  epoll_event event = event_for(interest, id_);
  epoll_ctl(loop_->epoll_.get(), EPOLL_CTL_MOD, loop_->watches_.at(id_).fd, &event);
}

Timer& Timer::operator=(Timer&& other) noexcept {
  if (this == &other) return *this;
  reset();
  loop_ = std::exchange(other.loop_, nullptr);
  key_ = other.key_;
  return *this;
}

void Timer::reset() {
  if (EventLoop* const loop = std::exchange(loop_, nullptr)) loop->timers_.erase(key_);
}

EventLoop::EventLoop() : poll_{avahi_simple_poll_new()}, epoll_{epoll_create1(EPOLL_CLOEXEC)} {
  if (!poll_ || !epoll_) throw_errno("event loop");
  avahi_simple_poll_set_func(poll_.get(), poll_and_count, this);
  // Freed with the poll.
  if (avahi_api()->watch_new(avahi_api(), epoll_.get(), AVAHI_WATCH_IN, wake_only, nullptr) == nullptr) {
    throw_errno("event loop");
  }
}

EventLoop::~EventLoop() = default;

Watch EventLoop::watch(int fd, Interest interest, std::function<void()> ready) {
  const std::uint64_t id = ++next_id_;
  epoll_event event = event_for(interest, id);
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) throw_errno("watch a descriptor");
  watches_.emplace(id, WatchEntry{fd, std::make_shared<std::function<void()>>(std::move(ready))});
  return {*this, id};
}

Timer EventLoop::after(std::chrono::milliseconds delay, std::function<void()> expired) {
  const Timer::Key key{std::chrono::steady_clock::now() + delay, ++next_id_};
  timers_.emplace(key, std::move(expired));
  return {*this, key};
}

int EventLoop::poll_and_count(pollfd* descriptors, unsigned count, int wait_ms, void* loop) {
  EventLoop& self = *static_cast<EventLoop*>(loop);
  const int result = ::poll(descriptors, count, wait_ms);
  self.avahi_is_ready_ = std::any_of(descriptors, descriptors + count, [&self](const pollfd& descriptor) {
    return descriptor.revents != 0 && descriptor.fd != self.epoll_.get();
  });
  return result;
}

void EventLoop::iterate(std::chrono::milliseconds longest_wait) {
  avahi_simple_poll_iterate(poll_.get(), static_cast<int>(shortened_by_timers(longest_wait).count()));
  // It serves one descriptor a call. In a busy program the answers of a whole network would queue behind it.
  for (int i = 1; i < avahi_events_per_turn && avahi_is_ready_; ++i) {
    avahi_simple_poll_iterate(poll_.get(), 0);
  }
  dispatch_watches();
  dispatch_timers();
}

std::chrono::milliseconds EventLoop::shortened_by_timers(std::chrono::milliseconds wait) const {
  using std::chrono::milliseconds;
  constexpr milliseconds longest{std::chrono::hours{24}};
  if (!timers_.empty()) {
    const auto left = timers_.begin()->first.first - std::chrono::steady_clock::now();
    wait = std::min(wait, std::chrono::ceil<milliseconds>(left));
  }
  return std::clamp(wait, milliseconds{0}, longest);
}

void EventLoop::dispatch_watches() {
  // More wait for the next turn, in which the kernel gives those first that had no turn yet.
  std::array<epoll_event, 64> events{};
  const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) {
    // epoll_event is packed on x86-64: find() must not be given a reference into it.
    const std::uint64_t id = events[static_cast<std::size_t>(i)].data.u64;
    // An earlier callback of this turn may have ended the watch.
    const auto found = watches_.find(id);
    if (found == watches_.end()) continue;
    const auto ready = found->second.ready;
    if (*ready) (*ready)();
  }
}

void EventLoop::dispatch_timers() {
  const auto now = std::chrono::steady_clock::now();
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    const auto entry = timers_.extract(timers_.begin());
    entry.mapped()();
  }
}

}  // namespace airlift::posix
