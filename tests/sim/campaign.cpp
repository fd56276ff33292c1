#include "campaign.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace airlift::sim {
namespace {

constexpr CutMode modes[]{CutMode::before, CutMode::torn, CutMode::after};

/// Second cuts per first one in a round, each followed by more.
constexpr std::uint32_t second_cuts{4};

/// In one course of events.
constexpr std::size_t most_cuts{5};

/// What `replay` reads: geometry/scenario/seed/cut.cut..., a cut being a number and b, t or a.
std::string replay_text(const Case& what, std::uint64_t seed, const std::vector<Cut>& cuts) {
  std::ostringstream text;
  text << what.geometry.name << '/' << what.scenario.name << '/' << seed << '/';
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    text << (i == 0 ? "" : ".") << cuts[i].at << "bta"[static_cast<std::size_t>(cuts[i].mode)];
  }
  return text.str();
}

/// What all threads share.
class Ledger {
 public:
  Ledger(const Campaign& campaign, const std::function<void(std::uint64_t)>& progress)
      : campaign_{campaign}, progress_{progress} {}

  void add_cuts(std::uint64_t cuts) { cuts_ += cuts; }
  [[nodiscard]] std::uint64_t cuts() const { return cuts_; }
  [[nodiscard]] bool is_full() const { return full_ || cuts_ >= campaign_.cuts; }

  void add_brick(Brick brick) {
    const std::lock_guard lock{mutex_};
    if (bricks_.size() < campaign_.most_bricks) bricks_.push_back(std::move(brick));
    if (bricks_.size() == campaign_.most_bricks) full_ = true;
  }
  void add_failure(std::exception_ptr failure) {
    const std::lock_guard lock{mutex_};
    failure_ = failure;
    full_ = true;
  }
  void show_progress() {
    const std::lock_guard lock{mutex_};
    if (progress_) progress_(cuts_);
  }

  /// After all threads have ended.
  [[nodiscard]] std::vector<Brick> bricks() {
    if (failure_) std::rethrow_exception(failure_);
    return std::move(bricks_);
  }

 private:
  const Campaign& campaign_;
  const std::function<void(std::uint64_t)>& progress_;
  std::atomic<std::uint64_t> cuts_{0};
  std::atomic<bool> full_{false};
  std::mutex mutex_;
  std::vector<Brick> bricks_;
  std::exception_ptr failure_;
};

/// One case in one round: every first cut, and some second and third ones after each.
class Exploration {
 public:
  Exploration(const Case& what, const Campaign& campaign, std::uint64_t round, Ledger& ledger)
      : case_{what},
        plant_{campaign.plant},
        seed_{campaign.seed + round},
        round_{round},
        ledger_{ledger},
        random_{seed_},
        start_{prepared(what, seed_, plant_)},
        after_first_{start_},
        machine_{start_} {}

  void go() {
    machine_ = start_;
    const std::uint32_t changes = go_on_to_end(machine_).changes;
    for (std::uint32_t at = 1; at <= changes; ++at) {
      for (const CutMode mode : modes) {
        if (ledger_.is_full()) return;
        after_first_ = start_;
        if (cut(after_first_, {at, mode})) cut_again(at);
        cuts_.clear();
      }
    }
  }

 private:
  /// True: power was cut, and nothing is wrong up to now.
  bool cut(Machine& machine, const Cut& cut) {
    cuts_.push_back(cut);
    const End end = sim::go_on(case_, machine, cut, plant_);
    if (end.how == End::How::brick) report(end);
    if (end.how != End::How::cut) return false;
    ledger_.add_cuts(1);
    return true;
  }

  End go_on_to_end(Machine& machine) {
    End end = sim::go_on(case_, machine, {}, plant_);
    if (end.how == End::How::brick) report(end);
    return end;
  }

  void report(const End& end) { ledger_.add_brick({replay_text(case_, seed_, cuts_), end.brick}); }

  /// Half of them come soon, while the device recovers.
  [[nodiscard]] Cut some_cut(std::uint32_t changes) {
    const std::uint32_t latest = random_.one_in(2) ? changes : std::min(changes, 8U);
    return {1 + random_.below(latest), modes[random_.below(3)]};
  }

  /// In the course of the rounds the second cuts come everywhere, in every way.
  void cut_again(std::uint32_t first_at) {
    constexpr std::uint32_t stride{97};
    machine_ = after_first_;
    const End end = go_on_to_end(machine_);
    if (end.how == End::How::brick || end.changes == 0) return;
    for (std::uint32_t i = 0; i < second_cuts; ++i) {
      const auto turn = (round_ * second_cuts + i) * stride + first_at;
      const auto at = static_cast<std::uint32_t>(turn % end.changes);
      cuts_.resize(1);
      machine_ = after_first_;
      bool is_off = cut(machine_, {at + 1, modes[turn / end.changes % 3]});
      while (is_off && cuts_.size() < most_cuts) is_off = cut(machine_, some_cut(end.changes));
      if (is_off) go_on_to_end(machine_);
    }
  }

  const Case& case_;
  Plant plant_;
  std::uint64_t seed_;
  std::uint64_t round_;
  Ledger& ledger_;
  Random random_;
  Machine start_;
  Machine after_first_;
  Machine machine_;
  std::vector<Cut> cuts_;
};

/// Geometries, catalogs and cases that live as long as they are needed.
class Cases {
 public:
  Cases(const std::string& geometry_name, const std::string& scenario_name) {
    for (const Geometry& geometry : geometries()) {
      if (!geometry_name.empty() && geometry.name != geometry_name) continue;
      catalogs_.push_back(std::make_unique<Catalog>(geometry));
      for (const Scenario& scenario : scenarios()) {
        if (!scenario_name.empty() && scenario.name != scenario_name) continue;
        cases_.emplace_back(geometry, scenario, *catalogs_.back());
      }
    }
  }
  [[nodiscard]] const std::vector<Case>& all() const { return cases_; }

 private:
  std::vector<std::unique_ptr<Catalog>> catalogs_;
  std::vector<Case> cases_;
};

void work(const Campaign& campaign, const std::vector<Case>& cases, std::atomic<std::uint64_t>& next,
          Ledger& ledger) {
  try {
    while (!ledger.is_full()) {
      const std::uint64_t turn = next++;
      Exploration{cases[turn % cases.size()], campaign, turn / cases.size(), ledger}.go();
      ledger.show_progress();
    }
  } catch (...) {
    ledger.add_failure(std::current_exception());
  }
}

std::vector<Cut> parse_cuts(const std::string& text) {
  std::vector<Cut> cuts;
  std::istringstream stream{text};
  std::uint32_t at{0};
  char mode{0};
  while (stream >> at >> mode) {
    const std::size_t index = std::string_view{"bta"}.find(mode);
    if (at == 0 || index == std::string_view::npos) throw std::invalid_argument{"no such cut: " + text};
    cuts.push_back({at, modes[index]});
    stream.ignore(1, '.');
  }
  return cuts;
}

}  // namespace

Outcome run(const Campaign& campaign, const std::function<void(std::uint64_t)>& progress) {
  const Cases cases{campaign.geometry, campaign.scenario};
  if (cases.all().empty()) throw std::runtime_error{"there is no such geometry or scenario"};
  Ledger ledger{campaign, progress};
  std::atomic<std::uint64_t> next{0};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < campaign.jobs; ++i) {
    threads.emplace_back([&] { work(campaign, cases.all(), next, ledger); });
  }
  for (std::thread& thread : threads) thread.join();
  const std::uint64_t rounds = (next - campaign.jobs) / cases.all().size();
  return {ledger.cuts(), rounds, ledger.bricks()};
}

std::string replay(const std::string& text, Plant plant) {
  std::istringstream stream{text};
  std::string geometry;
  std::string scenario;
  std::string seed;
  std::string cuts;
  std::getline(stream, geometry, '/');
  std::getline(stream, scenario, '/');
  std::getline(stream, seed, '/');
  std::getline(stream, cuts);
  const Cases cases{geometry, scenario};
  if (cases.all().size() != 1) throw std::invalid_argument{"no such geometry and scenario: " + text};
  const Case& what = cases.all().front();
  Machine machine = prepared(what, std::stoull(seed), plant);
  for (const Cut& cut : parse_cuts(cuts)) {
    const End end = go_on(what, machine, cut, plant);
    if (end.how != End::How::cut) return end.brick;
  }
  return go_on(what, machine, {}, plant).brick;
}

}  // namespace airlift::sim
