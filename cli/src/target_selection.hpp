#pragma once
// Which devices a push is for, without sockets and clocks: it is told what mDNS and the system's resolver
// know, and says which devices were found, which never will be, and which names to ask the system for.

#include <map>
#include <tuple>

#include "airlift/base/time.hpp"
#include "device_address.hpp"
#include "device_list.hpp"
#include "push_failure.hpp"
#include "target.hpp"

namespace airlift::cli {

/// What the user wants to push to.
struct TargetRequest {
  std::vector<std::string> names;     ///< and addresses, as split_port() takes them
  bool all{false};                    ///< every device that mDNS shows
  std::vector<std::string> boards;    ///< those of one of these boards ...
  std::vector<std::string> globs;     ///< ... whose name is like one of these; both when both are given
  std::optional<std::uint16_t> port;  ///< wins over what mDNS says
  milliseconds wait{0};               ///< how long devices that are not there yet are waited for

  [[nodiscard]] bool by_pattern() const { return all || !boards.empty() || !globs.empty(); }
};

/// A device that was found, or why there is none.
struct Finding {
  std::string asked;  ///< as the user did; the device's name when a pattern found it
  Target target;
  PasswordNeed password{PasswordNeed::unknown};
  std::optional<PushFailure> failure;  ///< name_not_found: then there is no target
};

class TargetSelection {
 public:
  /// How long mDNS is listened to before a name is taken for unknown there.
  static constexpr milliseconds search_time{3000};
  /// After the first sight, so that a second device of the name and further addresses are noticed.
  static constexpr milliseconds settle_time{150};

  TargetSelection(Instant now, TargetRequest request);

  // What happened.
  void browsed(Instant now, const posix::BrowserEvent& event);
  /// The system's answer for one of take_lookups(): addresses without a port, none when it knows no such
  /// name.
  void looked_up(Instant now, const std::string& host, const std::vector<port::Endpoint>& addresses);
  void tick(Instant now);  ///< to be called at wake_at() at the latest
  /// Looks no further; returns what was not found so far, as the user asked for it.
  [[nodiscard]] std::vector<std::string> give_up();

  // What to do.
  [[nodiscard]] bool needs_mdns() const;
  [[nodiscard]] std::vector<std::string> take_lookups();
  [[nodiscard]] std::vector<Finding> take_findings();
  [[nodiscard]] Instant wake_at() const;
  /// Nothing will be found any more.
  [[nodiscard]] bool finished() const;

 private:
  enum class State : std::uint8_t {
    asking_first,  ///< a name with a domain: the system's answer ends it
    browsing,      ///< the first sight of the device, search_time or mDNS failing ends it
    settling,      ///< settle_time ends it
    asking,        ///< the first sight of the device or the system's answer ends it
    waiting,       ///< the first sight of the device or the end of the wait ends it
    ended,         ///< final
  };
  struct Wanted {
    std::string asked;
    DeviceAddress address;
    State state{State::browsing};
    Instant until{};
    bool system_asked{false};
  };
  using Key = std::tuple<std::string, std::string, std::uint16_t>;

  void enter(Wanted& wanted, State state, Instant until);
  void ask_system(Wanted& wanted, State state);
  void look_at(Instant now, Wanted& wanted);
  void settle(Wanted& wanted);
  void unknown_to_system(Instant now, Wanted& wanted);
  void look_at_patterns(Instant now);
  [[nodiscard]] bool like_a_pattern(const Device& device) const;
  void give(std::string asked, const Device& device, std::optional<std::uint16_t> port);
  void give(std::string asked, Target target, std::optional<std::uint16_t> port, PasswordNeed password);
  void miss(std::string asked, std::string message, std::string_view advice = {});

  TargetRequest request_;
  DeviceList devices_;
  bool mdns_failed_{false};
  std::vector<Wanted> wanted_;
  std::map<Key, Instant> first_seen_;  ///< those like a pattern
  Instant wait_end_;
  Instant pattern_end_;
  bool patterns_open_;
  bool any_by_pattern_{false};
  std::vector<port::Endpoint> given_;  ///< no device is given twice
  std::vector<std::string> lookups_;
  std::vector<Finding> findings_;
};

}  // namespace airlift::cli
