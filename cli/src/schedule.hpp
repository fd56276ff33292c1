#pragma once
// In which order the devices of one push are updated, how many at once, and which failures get another try.
// No sockets, no clock: it is told what happened, and says what to start and when to wake it.

#include <optional>
#include <vector>

#include "airlift/base/time.hpp"
#include "push_failure.hpp"

namespace airlift::cli {

enum class AfterFailure : std::uint8_t {
  keep_going,
  stop,  ///< nothing more is started; what runs goes on
};

struct ScheduleOptions {
  std::size_t jobs{8};      ///< at once; 0: as many as there are
  std::size_t canaries{0};  ///< these first; the rest only when all of them succeeded
  int retries{0};           ///< further tries per device
  AfterFailure after_failure{AfterFailure::keep_going};
  Instant wait_end{};  ///< until then a device that does not answer is tried again without that being counted
};

/// Whether another try may end better: not with another password, image or device, but by time alone.
[[nodiscard]] bool worth_a_retry(UpdateError error);

class Schedule {
 public:
  /// The first failure is followed by 2 s of rest, the next ones by 4, 8 ... 60 s.
  static constexpr milliseconds first_rest{2000};
  static constexpr milliseconds longest_rest{60000};

  enum class State : std::uint8_t {
    queued,     ///< take_next() or a stop ends it
    running,    ///< ended() ends it
    resting,    ///< its time and take_next() end it, or a stop
    succeeded,  ///< final
    failed,     ///< final
    skipped,    ///< final; not tried, because another one failed or the user cancelled
  };
  using Id = std::size_t;  ///< 0, 1, 2 ... in the order of add()

  explicit Schedule(ScheduleOptions options) : options_{options} {}

  Id add();
  /// The one to start now, if any; call again for the next one.
  [[nodiscard]] std::optional<Id> take_next(Instant now);
  void succeeded(Id id);
  /// Returns how long it rests before its next try; nothing: it failed for good.
  std::optional<milliseconds> failed(Instant now, Id id, UpdateError error);
  /// It did not count: to be started again when take_next() says so.
  void again(Id id);
  /// Nothing more is started.
  void stop();

  [[nodiscard]] State state(Id id) const { return jobs_[id].state; }
  [[nodiscard]] std::size_t size() const { return jobs_.size(); }
  [[nodiscard]] std::size_t count(State state) const;
  /// When a rest ends.
  [[nodiscard]] Instant wake_at() const;
  /// All that were added have ended.
  [[nodiscard]] bool idle() const;
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  struct Job {
    State state{State::queued};
    Instant rest_end{};
    int failures{0};  ///< those that count
  };

  [[nodiscard]] bool startable(Id id, Instant now) const;

  ScheduleOptions options_;
  std::vector<Job> jobs_;
  bool stopped_{false};
};

}  // namespace airlift::cli
