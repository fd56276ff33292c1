#include "doctor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "airlift/image/policy.hpp"
#include "airlift_posix/address.hpp"
#include "airlift_posix/steady_clock.hpp"
#include "connect_back.hpp"
#include "presence_probe.hpp"
#include "target_finder.hpp"

namespace airlift::cli {
namespace {

using Result = DoctorStep::Result;

constexpr std::string_view connect_back_step{"connect_back"};
/// A device with the extension answers at once; one without it never.
constexpr milliseconds status_patience{3000};
/// What an old device is told that it would get, when there is no file.
constexpr std::uint32_t usual_size_bytes{4096};

image::Kind kind_of(wire::Command command) {
  return command == wire::Command::filesystem ? image::Kind::filesystem : image::Kind::firmware;
}

/// What the device would say to the file, as far as its status tells: by the code that it uses itself.
/// Whether it trusts the signature, and its security counter, only it knows.
Status judge_file(UploadImage& image, wire::Command command, const wire::DeviceStatus& status) {
  const image::Kind kind = kind_of(command);
  const wire::KindStatus& slots = kind == image::Kind::filesystem ? status.filesystem : status.firmware;
  image::Policy policy;
  policy.board_id = status.board.view();
  image::DeviceFacts facts;
  facts.has_active = slots.running_slot() != nullptr;
  if (facts.has_active) facts.running_version = slots.running_slot()->version.view();
  facts.slot_bytes = slots.capacity_bytes;
  if (status.on_trial) return UpdateError::trial_running;
  const airlift::Result<image::Trailer> trailer =
      image::find_trailer(image.tail(), image.size_bytes(), policy);
  if (!trailer.ok()) return trailer.status();
  const auto payload_bytes = static_cast<std::uint32_t>(image.size_bytes() - trailer.value().size_bytes);
  if (payload_bytes > facts.slot_bytes) return UpdateError::no_space;
  return image::check_announced(policy, facts, kind, payload_bytes, trailer.value());
}

class Doctor final : public Contact::Owner {
 public:
  Doctor(posix::EventLoop& loop, const Interrupt& interrupt, const DoctorOptions& options,
         std::function<void(std::string_view)> trace)
      : loop_{loop}, interrupt_{interrupt}, options_{options}, trace_{std::move(trace)} {}

  DoctorReport examine() {
    try {
      walk();
      pass();
    } catch (const PushError& error) {
      stop(error.failure);
    } catch (const std::system_error& error) {
      stop(make_failure(UpdateError::network_failed, Stage::listen, error.what()));
    }
    add_steps_not_tried();
    return std::move(report_);
  }

  void entered(Stage stage) override { enter(to_text(stage)); }
  void trace(std::string_view text) override {
    if (trace_) trace_(text);
  }
  /// The link goes with this call, before a byte is sent: the device keeps what it has.
  void connected(Link link) override {
    report_.device = link.device;
    contact_ended_ = true;
  }
  void failed(const PushFailure& failure) override {
    contact_failure_ = failure;
    contact_ended_ = true;
  }

 private:
  void walk() {
    if (!options_.file.empty()) {
      enter(to_text(Stage::file));
      image_.emplace(options_.file, options_.signed_file);
      note(fmt::format("{}, {} bytes", image_->path(), image_->size_bytes()));
    }
    enter(to_text(Stage::resolve));
    report_.target = find_one(loop_, interrupt_, options_.name, options_.port);
    report_.device = report_.target.endpoints.front();
    note(
        device_text(report_.target.name, {report_.target.endpoints.data(), report_.target.endpoints.size()}));
    enter(to_text(Stage::route));
    find_route();
    if (const auto status = ask_for_status()) {
      let_it_connect();
      judge(*status);
    } else {
      invite_old_device();
    }
  }

  void find_route() {
    facts_ = host_facts(report_.device);
    if (!facts_.way) {
      throw PushError{make_failure(
          UpdateError::no_route, Stage::route,
          fmt::format("this computer has no way to {}", posix::to_text(report_.device.address)))};
    }
    note(fmt::format("from {} ({})", posix::to_text(facts_.way->address), facts_.way->interface));
  }

  /// Nothing: it does not answer such questions.
  std::optional<wire::DeviceStatus> ask_for_status() {
    UploadOptions patient = options_.upload;
    patient.answer_timeout = std::min(patient.answer_timeout, status_patience);
    std::optional<StatusAnswer> answer;
    const StatusQuery query{loop_,
                            keys_,
                            patient,
                            report_.target,
                            {[this](Stage stage) { entered(stage); }, trace_},
                            [&answer](const StatusAnswer& what) { answer = what; }};
    wait_until([&answer] { return answer.has_value(); });
    listening_at_ = answer->listening_at;
    report_.device = answer->device;
    if (answer->failure && answer->failure->code == UpdateError::no_answer) return std::nullopt;
    report_.protocol = Protocol::extension;
    if (answer->failure) throw PushError{*answer->failure};
    note(answer->encrypted ? "encrypted" : "");
    enter(to_text(Stage::authenticate));
    note(options_.upload.password.empty() ? "without a password" : "both sides know the password");
    return answer->status;
  }

  /// Uploads need one direction only; old uploaders need this one.
  void let_it_connect() {
    enter(connect_back_step);
    std::optional<bool> connected;
    const ConnectBack back{loop_, options_.upload, report_.device,
                           [&connected](bool what) { connected = what; }};
    wait_until([&connected] { return connected.has_value(); });
    if (*connected) return note("the device can connect to this computer, too");
    const PushFailure failure = make_failure(UpdateError::no_connect_back, Stage::connect, "");
    const Attempt attempt{report_.device, Protocol::extension, back.listening_at(), 0};
    const auto causes = likely_causes(failure, attempt, options_.upload, facts_);
    report_.steps.back().result = Result::failed;
    note(fmt::format("push does without, espota does not: it could not connect to {}. {}",
                     back.listening_at(), causes.empty() ? failure.advice : causes.front()));
  }

  void judge(const wire::DeviceStatus& status) {
    if (!image_) return;
    enter(to_text(Stage::verify));
    const wire::KindStatus& slots =
        options_.upload.command == wire::Command::filesystem ? status.filesystem : status.firmware;
    const std::string room =
        fmt::format("{} bytes, the slot holds {}", image_->size_bytes(), slots.capacity_bytes);
    const Status verdict = judge_file(*image_, options_.upload.command, status);
    if (verdict.ok()) return note(room + "; the signature is for the device to judge");
    PushFailure failure = make_failure(
        verdict.error(), Stage::verify,
        fmt::format("{} would not take {}: {}", device_text(report_.target.name, {&report_.device, 1}),
                    image_->path(), describe(verdict.error()).text));
    failure.device_says = room;
    if (verdict.error() == UpdateError::no_space) failure.message += ": " + room;
    throw PushError{std::move(failure)};
  }

  void invite_old_device() {
    if (options_.invite == InviteUse::no) return probe_old_device();
    UploadOptions old = options_.upload;
    old.extension = ExtensionUse::off;
    const wire::Invitation invitation{old.command, 0, image_ ? image_->size_bytes() : usual_size_bytes,
                                      image_ ? image_->md5() : crypto::Md5Digest{}};
    Contact contact{loop_, keys_, old, report_.target, invitation, *this};
    contact.start();
    wait_until([this] { return contact_ended_; });
    listening_at_ = contact.listening_at();
    if (contact_failure_) throw PushError{*contact_failure_};
    report_.protocol = Protocol::old;
    note("the device has connected to this computer; closed before a byte was sent");
  }

  void probe_old_device() {
    std::optional<Presence> presence;
    const auto from = posix::parse_address(options_.upload.host_address).value_or(port::IpAddress{});
    const PresenceProbe probe{loop_, from, report_.device, [&presence](Presence what) { presence = what; }};
    wait_until([&presence] { return presence.has_value(); });
    if (*presence != Presence::there) {
      throw PushError{make_failure(
          UpdateError::no_answer, Stage::invite,
          fmt::format("{} did not answer", device_text(report_.target.name, {&report_.device, 1})))};
    }
    report_.steps.back().result = Result::not_tried;
    note("it is there, but has no extension: only an invitation could tell more (--no-invite)");
  }

  template <typename Condition>
  void wait_until(Condition condition) {
    constexpr milliseconds turn{1000};
    while (!condition()) {
      loop_.iterate(turn);
      if (!interrupt_.requested()) continue;
      throw PushError{make_failure(UpdateError::cancelled, Stage::invite, "cancelled")};
    }
  }

  // The steps.
  void enter(std::string_view name) {
    // An old device is invited after it was asked in vain: that is one step.
    if (!report_.steps.empty() && report_.steps.back().name == name) return;
    pass();
    report_.steps.push_back({std::string{name}, Result::ok, {}, {}});
    begin_ = clock_.now();
  }
  void pass() {
    if (!report_.steps.empty()) report_.steps.back().duration = clock_.now() - begin_;
  }
  void note(std::string text) { report_.steps.back().note = std::move(text); }

  void stop(PushFailure failure) {
    if (failure.code != UpdateError::cancelled) enter(to_text(failure.stage));
    pass();
    if (!report_.steps.empty()) report_.steps.back().result = Result::failed;
    const Attempt attempt{report_.device, report_.protocol, listening_at_, image_ ? image_->size_bytes() : 0};
    failure.causes = likely_causes(failure, attempt, options_.upload, facts_);
    report_.failure = std::move(failure);
  }

  void add_steps_not_tried() {
    for (const Stage stage :
         {Stage::resolve, Stage::route, Stage::invite, Stage::authenticate, Stage::connect, Stage::verify}) {
      const std::string_view name = to_text(stage);
      const bool tried = std::any_of(report_.steps.begin(), report_.steps.end(),
                                     [name](const DoctorStep& step) { return step.name == name; });
      if (!tried) report_.steps.push_back({std::string{name}, Result::not_tried, {}, why_not_tried(stage)});
    }
  }

  [[nodiscard]] std::string why_not_tried(Stage stage) const {
    if (report_.failure) return {};
    if (stage == Stage::verify) return image_ ? "an old device does not tell" : "no -f FILE";
    if (stage == Stage::authenticate && options_.invite == InviteUse::yes)
      return "the device has no password";
    return {};
  }

  posix::EventLoop& loop_;
  const Interrupt& interrupt_;
  const DoctorOptions& options_;
  std::function<void(std::string_view)> trace_;
  posix::SteadyClock clock_;
  PasswordKeyCache keys_;
  std::optional<UploadImage> image_;
  HostFacts facts_;
  std::string listening_at_;
  bool contact_ended_{false};
  std::optional<PushFailure> contact_failure_;
  Instant begin_{};
  DoctorReport report_;
};

}  // namespace

DoctorReport examine(posix::EventLoop& loop, const Interrupt& interrupt, const DoctorOptions& options,
                     std::function<void(std::string_view)> trace) {
  return Doctor{loop, interrupt, options, std::move(trace)}.examine();
}

}  // namespace airlift::cli
