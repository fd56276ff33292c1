#include "target_finder.hpp"

#include <algorithm>

namespace airlift::cli {

TargetFinder::TargetFinder(posix::EventLoop& loop, TargetRequest request)
    : loop_{loop},
      selection_{clock_.now(), std::move(request)},
      system_{loop, [this](const std::string& host, const std::vector<port::Endpoint>& addresses) {
                selection_.looked_up(clock_.now(), host, addresses);
                settle();
              }} {
  if (selection_.needs_mdns()) {
    browser_.emplace(loop, "_arduino._tcp", [this](const posix::BrowserEvent& event) {
      selection_.browsed(clock_.now(), event);
      settle();
    });
  }
  settle();
}

void TargetFinder::settle() {
  for (const std::string& host : selection_.take_lookups()) system_.ask(host);
  timer_.reset();
  const Instant wake = selection_.wake_at();
  if (wake == Instant::max()) return;
  timer_ = loop_.after(std::max(wake - clock_.now(), milliseconds{0}), [this] {
    selection_.tick(clock_.now());
    settle();
  });
}

Target find_one(posix::EventLoop& loop, const Interrupt& interrupt, const std::string& name,
                std::optional<std::uint16_t> port) {
  TargetRequest request;
  request.names = {name};
  request.port = port;
  TargetFinder finder{loop, std::move(request)};
  while (true) {
    for (Finding& finding : finder.take_findings()) {
      if (finding.failure) throw PushError{*std::move(finding.failure)};
      return std::move(finding.target);
    }
    if (interrupt.requested()) {
      throw PushError{
          make_failure(UpdateError::cancelled, Stage::resolve, "cancelled while looking for " + name)};
    }
    loop.iterate(seconds{1});
  }
}

}  // namespace airlift::cli
