#include "target_selection.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <utility>

#include "airlift/wire/codes.hpp"
#include "airlift_posix/address.hpp"
#include "progress.hpp"

namespace airlift::cli {
namespace {

constexpr Instant never{Instant::max()};
constexpr auto the_pattern{"--all, --board or --match"};

bool system_knows_better(std::string_view name) {
  const bool has_domain = name.find('.') != std::string_view::npos;
  return name == "localhost" || (has_domain && !name.ends_with(".local") && !name.ends_with(".local."));
}

std::string list_of(const std::vector<Device>& devices) {
  std::string list;
  for (const Device& device : devices) {
    list +=
        fmt::format("{}{} ({})", list.empty() ? "" : ", ", device.name, posix::to_text(device.endpoint()));
  }
  return list;
}

}  // namespace

TargetSelection::TargetSelection(Instant now, TargetRequest request)
    : request_{std::move(request)},
      wait_end_{now + request_.wait},
      pattern_end_{now + std::max(request_.wait, search_time)},
      patterns_open_{request_.by_pattern()} {
  for (const std::string& name : request_.names) {
    Wanted wanted{name, split_port(name)};
    if (const auto endpoint = numeric_endpoint(wanted.address.host)) {
      give(name, Target{name, {*endpoint}, {}}, wanted.address.port, PasswordNeed::unknown);
      continue;
    }
    if (system_knows_better(wanted.address.host)) {
      ask_system(wanted, State::asking_first);
    } else {
      enter(wanted, State::browsing, now + search_time);
    }
    wanted_.push_back(std::move(wanted));
  }
}

void TargetSelection::browsed(Instant now, const posix::BrowserEvent& event) {
  mdns_failed_ = mdns_failed_ || event.kind == posix::BrowserEvent::Kind::failed;
  devices_.apply(event);
  tick(now);
}

void TargetSelection::looked_up(Instant now, const std::string& host,
                                const std::vector<port::Endpoint>& addresses) {
  for (Wanted& wanted : wanted_) {
    const bool asking = wanted.state == State::asking_first || wanted.state == State::asking;
    if (!asking || wanted.address.host != host) continue;
    if (addresses.empty()) {
      unknown_to_system(now, wanted);
    } else {
      enter(wanted, State::ended, never);
      give(wanted.asked, Target{host, addresses, {}}, wanted.address.port, PasswordNeed::unknown);
    }
  }
}

void TargetSelection::unknown_to_system(Instant now, Wanted& wanted) {
  if (wanted.state == State::asking_first) {
    enter(wanted, State::browsing, now + search_time);
  } else {
    enter(wanted, State::waiting, wait_end_);
  }
  look_at(now, wanted);
}

void TargetSelection::tick(Instant now) {
  for (Wanted& wanted : wanted_) look_at(now, wanted);
  if (patterns_open_) look_at_patterns(now);
}

void TargetSelection::look_at(Instant now, Wanted& wanted) {
  const bool seen = !devices_.matching(wanted.address.host).empty();
  const bool due = now >= wanted.until;
  switch (wanted.state) {
    case State::asking_first:
    case State::ended:
      return;
    case State::browsing:
      if (seen) return enter(wanted, State::settling, now + settle_time);
      if (!due && !mdns_failed_) return;
      if (!wanted.system_asked) return ask_system(wanted, State::asking);
      return enter(wanted, State::waiting, mdns_failed_ ? now : wait_end_);
    case State::settling:
      if (due) settle(wanted);
      return;
    case State::asking:
      if (seen) enter(wanted, State::settling, now + settle_time);
      return;
    case State::waiting:
      if (seen) return enter(wanted, State::settling, now + settle_time);
      if (!due && !mdns_failed_) return;
      enter(wanted, State::ended, never);
      return miss(
          wanted.asked,
          fmt::format("no device called {} answered by mDNS{}, and the system does not know the name either",
                      wanted.address.host,
                      request_.wait > milliseconds{0} ? " within " + duration_text(request_.wait) : ""));
  }
}

void TargetSelection::settle(Wanted& wanted) {
  const std::vector<Device> matches = devices_.matching(wanted.address.host);
  // It went again while others were waited for.
  if (matches.empty()) return enter(wanted, State::waiting, wait_end_);
  enter(wanted, State::ended, never);
  if (matches.size() == 1) return give(wanted.asked, matches.front(), wanted.address.port);
  miss(wanted.asked,
       fmt::format("{} devices are called {}: {}", matches.size(), wanted.address.host, list_of(matches)),
       "Give the address and port of the one you mean.");
}

void TargetSelection::look_at_patterns(Instant now) {
  for (const Device& device : devices_.devices()) {
    if (!like_a_pattern(device)) continue;
    const Key key{device.name, device.host, device.endpoint().port};
    const Instant seen = first_seen_.try_emplace(key, now).first->second;
    if (seen == never || now < seen + settle_time) continue;
    first_seen_[key] = never;  // given: it may have another address after its restart
    any_by_pattern_ = true;
    give(device.name, device, {});
  }
  if (now < pattern_end_ && !mdns_failed_) return;
  patterns_open_ = false;
  if (any_by_pattern_) return;
  miss(the_pattern, mdns_failed_ ? "mDNS cannot be used here: no network interface is up"
                                 : "mDNS shows no device like those asked for");
}

bool TargetSelection::like_a_pattern(const Device& device) const {
  if (request_.all) return true;
  const auto like = [&](const std::string& glob) {
    return fnmatch(glob.c_str(), device.name.c_str(), FNM_CASEFOLD) == 0;
  };
  const auto& boards = request_.boards;
  const auto& globs = request_.globs;
  const bool board =
      boards.empty() || std::find(boards.begin(), boards.end(), device.board()) != boards.end();
  return board && (globs.empty() || std::any_of(globs.begin(), globs.end(), like));
}

void TargetSelection::give(std::string asked, const Device& device, std::optional<std::uint16_t> port) {
  give(std::move(asked), Target{device.name, device.endpoints, device.board()}, port, device.password());
}

void TargetSelection::give(std::string asked, Target target, std::optional<std::uint16_t> port,
                           PasswordNeed password) {
  const auto chosen = port ? port : request_.port;
  for (port::Endpoint& endpoint : target.endpoints) {
    if (chosen) endpoint.port = *chosen;
    if (endpoint.port == 0) endpoint.port = wire::esp8266_port;
  }
  std::stable_partition(target.endpoints.begin(), target.endpoints.end(),
                        [](const port::Endpoint& endpoint) { return posix::is_ipv4(endpoint.address); });
  const auto given = [&](const port::Endpoint& endpoint) {
    return std::find(given_.begin(), given_.end(), endpoint) != given_.end();
  };
  if (std::any_of(target.endpoints.begin(), target.endpoints.end(), given)) return;
  given_.insert(given_.end(), target.endpoints.begin(), target.endpoints.end());
  findings_.push_back({std::move(asked), std::move(target), password, {}});
}

void TargetSelection::miss(std::string asked, std::string message, std::string_view advice) {
  PushFailure failure = make_failure(UpdateError::name_not_found, Stage::resolve, std::move(message));
  if (!advice.empty()) failure.advice = advice;
  findings_.push_back({std::move(asked), {}, PasswordNeed::unknown, std::move(failure)});
}

void TargetSelection::enter(Wanted& wanted, State state, Instant until) {
  wanted.state = state;
  wanted.until = until;
}

void TargetSelection::ask_system(Wanted& wanted, State state) {
  wanted.system_asked = true;
  enter(wanted, state, never);
  lookups_.push_back(wanted.address.host);
}

std::vector<std::string> TargetSelection::give_up() {
  std::vector<std::string> missing;
  for (Wanted& wanted : wanted_) {
    if (wanted.state != State::ended) missing.push_back(wanted.asked);
    enter(wanted, State::ended, never);
  }
  if (patterns_open_ && !any_by_pattern_) missing.emplace_back(the_pattern);
  patterns_open_ = false;
  return missing;
}

bool TargetSelection::needs_mdns() const {
  return patterns_open_ || !wanted_.empty();
}

std::vector<std::string> TargetSelection::take_lookups() {
  return std::exchange(lookups_, {});
}

std::vector<Finding> TargetSelection::take_findings() {
  return std::exchange(findings_, {});
}

Instant TargetSelection::wake_at() const {
  Instant wake = patterns_open_ ? pattern_end_ : never;
  for (const Wanted& wanted : wanted_) wake = std::min(wake, wanted.until);
  for (const auto& [key, seen] : first_seen_) {
    if (patterns_open_ && seen != never) wake = std::min(wake, seen + settle_time);
  }
  return wake;
}

bool TargetSelection::finished() const {
  const auto ended = [](const Wanted& wanted) { return wanted.state == State::ended; };
  return !patterns_open_ && findings_.empty() && std::all_of(wanted_.begin(), wanted_.end(), ended);
}

}  // namespace airlift::cli
