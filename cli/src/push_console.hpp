#pragma once
// What `airlift push` shows people while it works: for one device, and for many when standard error is no
// terminal. (Many on a terminal: fleet_console.hpp)

#include <map>

#include "fleet_view.hpp"

namespace airlift::cli {

enum class Verbosity : std::uint8_t {
  quiet,   ///< errors and warnings only
  normal,  ///< progress, too
  debug,   ///< every step and datagram, too
};

enum class BarUse : std::uint8_t {
  on_terminal,  ///< elsewhere lines
  always,
};

enum class Crowd : std::uint8_t { one, many };

/// How a push is shown.
struct Show {
  Verbosity verbosity{Verbosity::normal};
  BarUse bar_use{BarUse::on_terminal};
  Crowd crowd{Crowd::one};
  bool success_on_stdout{true};  ///< else nothing: standard output belongs to JSON
  std::string file{};            ///< what is uploaded
};

class PushConsole final : public FleetView {
 public:
  explicit PushConsole(Show show);

  void entered(const FleetDevice& device) override;
  void progress(const FleetDevice& device, Instant now) override;
  void trace(const FleetDevice& device, std::string_view text) override;
  void resting(const FleetDevice& device, milliseconds rest) override;
  void finished(const FleetDevice& device) override;
  void give_way() override;

 private:
  enum class Line : std::uint8_t {
    empty,
    words,  ///< what goes on: wiped out by what comes next
    bar,    ///< stays
  };

  void draw_bar(const FleetDevice& device);
  void end_bar(const FleetDevice& device);
  void draw_words(std::string_view words);
  void say(const FleetDevice& device, std::string_view text);

  Show show_;
  bool terminal_;
  bool bar_;
  Line line_{Line::empty};
  Instant drawn_{};
  std::map<Schedule::Id, unsigned> told_percent_;
};

/// The end of one device: its success line, or `error: <stage>: <message>` and `hint: <advice>` on standard
/// error.
void print_outcome(const FleetDevice& device, const Show& show);
void print_push_failure(const PushFailure& failure);
/// That a try failed, and when the next one comes.
void print_rest(const FleetDevice& device, milliseconds rest);
void print_trace(const FleetDevice& device, std::string_view text, Crowd crowd);

}  // namespace airlift::cli
