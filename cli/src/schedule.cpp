#include "schedule.hpp"

#include <algorithm>
#include <array>

namespace airlift::cli {
namespace {

milliseconds rest_after(int failures) {
  constexpr int most_doublings{5};
  return std::min(Schedule::first_rest * (1 << std::min(failures - 1, most_doublings)),
                  Schedule::longest_rest);
}

}  // namespace

bool worth_a_retry(UpdateError error) {
  constexpr std::array passing{UpdateError::no_answer,     UpdateError::connection_lost,
                               UpdateError::stalled,       UpdateError::busy,
                               UpdateError::no_connection, UpdateError::trial_running};
  return std::find(passing.begin(), passing.end(), error) != passing.end();
}

Schedule::Id Schedule::add() {
  jobs_.push_back({stopped_ ? State::skipped : State::queued});
  return jobs_.size() - 1;
}

std::optional<Schedule::Id> Schedule::take_next(Instant now) {
  const bool full = options_.jobs != 0 && count(State::running) >= options_.jobs;
  if (full) return std::nullopt;
  for (Id id = 0; id < jobs_.size(); ++id) {
    if (!startable(id, now)) continue;
    jobs_[id].state = State::running;
    return id;
  }
  return std::nullopt;
}

bool Schedule::startable(Id id, Instant now) const {
  const Job& job = jobs_[id];
  const bool ready = job.state == State::queued || (job.state == State::resting && now >= job.rest_end);
  if (!ready) return false;
  const auto canaries = static_cast<std::ptrdiff_t>(std::min(options_.canaries, jobs_.size()));
  const bool proven = std::all_of(jobs_.begin(), jobs_.begin() + canaries,
                                  [](const Job& canary) { return canary.state == State::succeeded; });
  return id < options_.canaries || proven;
}

void Schedule::succeeded(Id id) {
  jobs_[id].state = State::succeeded;
}

std::optional<milliseconds> Schedule::failed(Instant now, Id id, UpdateError error) {
  Job& job = jobs_[id];
  const bool asleep = error == UpdateError::no_answer && now < options_.wait_end;
  if (!asleep) ++job.failures;
  if (!stopped_ && worth_a_retry(error) && job.failures <= options_.retries) {
    // A device that sleeps is awake for moments only: it is called without long pauses.
    const milliseconds rest = asleep ? first_rest : rest_after(job.failures);
    job.rest_end = now + rest;
    job.state = State::resting;
    return rest;
  }
  job.state = State::failed;
  if (id < options_.canaries || options_.after_failure == AfterFailure::stop) stop();
  return std::nullopt;
}

void Schedule::again(Id id) {
  jobs_[id].state = stopped_ ? State::skipped : State::queued;
}

void Schedule::stop() {
  stopped_ = true;
  for (Job& job : jobs_) {
    if (job.state == State::queued) job.state = State::skipped;
    // It was tried, and has failed.
    if (job.state == State::resting) job.state = State::failed;
  }
}

std::size_t Schedule::count(State state) const {
  return static_cast<std::size_t>(
      std::count_if(jobs_.begin(), jobs_.end(), [state](const Job& job) { return job.state == state; }));
}

Instant Schedule::wake_at() const {
  Instant wake = Instant::max();
  for (const Job& job : jobs_) {
    if (job.state == State::resting) wake = std::min(wake, job.rest_end);
  }
  return wake;
}

bool Schedule::idle() const {
  return std::all_of(jobs_.begin(), jobs_.end(),
                     [](const Job& job) { return job.state >= State::succeeded; });
}

}  // namespace airlift::cli
