#include "return_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "airlift_posix/address.hpp"
#include "airlift_posix/steady_clock.hpp"
#include "presence_probe.hpp"
#include "status_query.hpp"

namespace airlift::cli {
namespace {

/// A device that is there answers at once; one that is away is asked again.
constexpr milliseconds query_timeout{2500};

using Course = std::variant<ConfirmCourse, ReachCourse>;

Course course_for(ReturnPlan plan, milliseconds return_timeout, Instant now) {
  if (plan.protocol == Protocol::extension) return ConfirmCourse{std::move(plan), return_timeout, now};
  return ReachCourse{std::move(plan), return_timeout, now};
}

UploadOptions options_of_queries(UploadOptions options) {
  options.answer_timeout = query_timeout;
  return options;
}

std::string text_of(const wire::DeviceStatus& status) {
  const auto slot = [](const wire::SlotStatus& is) {
    return fmt::format("{} {}", is.state.view(), describe(is.reason).name);
  };
  const auto kind = [&slot](const wire::KindStatus& is) {
    return fmt::format("{} runs, A {}, B {}", is.running, slot(is.slots[0]), slot(is.slots[1]));
  };
  return fmt::format("status: firmware {}; filesystem {}", kind(status.firmware), kind(status.filesystem));
}

std::string_view text_of(Presence presence) {
  return presence == Presence::there ? "there" : presence == Presence::away ? "away" : "without OTA";
}

}  // namespace

class ReturnWatch::Driver {
 public:
  Driver(posix::EventLoop& loop, const UploadOptions& options, ReturnPlan plan, UploadObserver& observer,
         Done done)
      : loop_{loop},
        options_{options_of_queries(options)},
        target_{plan.device_name, {plan.device}, {}},
        observer_{observer},
        done_{std::move(done)},
        course_{course_for(std::move(plan), options.return_timeout, clock_.now())} {
    observer_.entered(stage_);
    wait();
  }

 private:
  void wait() {
    const Instant ask_at = std::visit([](const auto& course) { return course.ask_at(); }, course_);
    timer_ = loop_.after(std::max(ask_at - clock_.now(), milliseconds{0}),
                         [this] { std::visit([this](auto& course) { ask(course); }, course_); });
  }

  void ask(ConfirmCourse& course) {
    query_.emplace(loop_, keys_, options_, target_, StatusQuery::Watcher{},
                   [this, &course](const StatusAnswer& answer) {
                     observer_.trace(answer.failure ? answer.failure->message : text_of(answer.status));
                     answer.failure ? course.no_status(clock_.now(), *answer.failure)
                                    : course.status(clock_.now(), answer.status);
                     settle(course.stage(), course.outcome());
                   });
  }

  void ask(ReachCourse& course) {
    const auto from = posix::parse_address(options_.host_address);
    probe_.emplace(loop_, from.value_or(port::IpAddress{}), target_.endpoints.front(),
                   [this, &course](Presence presence) {
                     observer_.trace(fmt::format("the device is {}", text_of(presence)));
                     course.seen(clock_.now(), presence);
                     settle(Stage::reboot, course.outcome());
                   });
  }

  void settle(Stage stage, const std::optional<ReturnOutcome>& outcome) {
    if (stage != stage_) observer_.entered(stage);
    stage_ = stage;
    if (!outcome) return wait();
    const Done done = std::move(done_);
    done(ReturnOutcome{*outcome});  // a copy: this object may go meanwhile
  }

  posix::EventLoop& loop_;
  UploadOptions options_;
  Target target_;
  UploadObserver& observer_;
  Done done_;
  posix::SteadyClock clock_;
  PasswordKeyCache keys_;
  Course course_;
  std::optional<StatusQuery> query_;
  std::optional<PresenceProbe> probe_;
  Stage stage_{Stage::reboot};
  posix::Timer timer_;
};

ReturnWatch::ReturnWatch(posix::EventLoop& loop, const UploadOptions& options, ReturnPlan plan,
                         UploadObserver& observer, Done done)
    : driver_{std::make_unique<Driver>(loop, options, std::move(plan), observer, std::move(done))} {}

ReturnWatch::~ReturnWatch() = default;

}  // namespace airlift::cli
