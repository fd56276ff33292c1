#include "guest_test/tap.hpp"

namespace airlift::firmware {
namespace {

using Line = FixedString<160>;

void say(Line line) {
  line.append("\n");
  board::write_console(line);
}

}  // namespace

void wait_for_ever() {
  for (;;) {
    board::feed_watchdog();
    board::idle(milliseconds{100});
  }
}

void bail_out(std::string_view why) {
  say(Line{"Bail out! "}.append(why));
  wait_for_ever();
}

void Tap::failed(const char* what, const char* file, int line) {
  held_ = false;
  const std::string_view path{file};
  say(Line{"# "}.append(path.substr(path.rfind('/') + 1)).append(":").append_number(line));
  say(Line{"# "}.append(what));
}

void Tap::report(std::string_view contract, std::string_view name) {
  ++count_;
  say(Line{held_ ? "ok " : "not ok "}
          .append_number(count_)
          .append(" - ")
          .append(contract)
          .append(": ")
          .append(name));
}

void Tap::finish() {
  say(Line{"1.."}.append_number(count_));
}

}  // namespace airlift::firmware
