#pragma once
// Finds the devices of a push with one mDNS browser for all of them; drives TargetSelection.

#include <optional>

#include "airlift_posix/mdns_browser.hpp"
#include "airlift_posix/steady_clock.hpp"
#include "interrupt.hpp"
#include "system_resolver.hpp"
#include "target_selection.hpp"

namespace airlift::cli {

class TargetFinder {
 public:
  /// Works inside the loop's turns; `loop` must outlive it.
  TargetFinder(posix::EventLoop& loop, TargetRequest request);

  /// To be asked after each turn of the loop.
  [[nodiscard]] std::vector<Finding> take_findings() { return selection_.take_findings(); }
  /// As TargetSelection::give_up().
  [[nodiscard]] std::vector<std::string> give_up() { return selection_.give_up(); }
  /// Nothing will be found any more.
  [[nodiscard]] bool finished() const { return selection_.finished(); }

 private:
  void settle();

  posix::EventLoop& loop_;
  posix::SteadyClock clock_;
  TargetSelection selection_;
  SystemResolver system_;
  std::optional<posix::MdnsBrowser> browser_;
  posix::Timer timer_;
};

/// The one device called `name`, waited for until it is found. Throws PushError: name_not_found; cancelled.
[[nodiscard]] Target find_one(posix::EventLoop& loop, const Interrupt& interrupt, const std::string& name,
                              std::optional<std::uint16_t> port);

}  // namespace airlift::cli
