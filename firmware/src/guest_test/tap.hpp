#pragma once
// Runs the cases of tests/contract/portable in a board and tells on the console how they ended, as lines of
// the Test Anything Protocol.

#include "board/board.hpp"
#include "contract/portable/contract.hpp"

namespace airlift::firmware {

/// Feeds the watchdog.
[[noreturn]] void wait_for_ever();
/// No more cases: the board cannot be tested.
[[noreturn]] void bail_out(std::string_view why);

class Tap final : public contract::Verdict {
 public:
  /// `Port` is a Subject; each case gets a new one.
  template <typename Port, typename Subject, std::size_t Count>
  void run(std::string_view contract, const contract::Case<Subject> (&cases)[Count]) {
    for (const contract::Case<Subject>& each : cases) {
      held_ = true;
      board::feed_watchdog();
      Port port;
      each.run(port, *this);
      report(contract, each.name);
    }
  }
  /// The last line: how many cases there were.
  void finish();

 private:
  void failed(const char* what, const char* file, int line) override;
  void report(std::string_view contract, std::string_view name);

  int count_{0};
  bool held_{true};
};

}  // namespace airlift::firmware
