#include "status_query.hpp"

#include <fmt/format.h>

#include <utility>

#include "extension_channel.hpp"
#include "target.hpp"

namespace airlift::cli {
namespace {

/// What belongs to the password is the stage `authenticate`, the rest of a refusal is the device's verdict.
Stage stage_of(UpdateError code) {
  const bool of_password = code == UpdateError::wrong_password || code == UpdateError::too_many_tries ||
                           code == UpdateError::no_challenge || code == UpdateError::device_not_proven;
  return of_password ? Stage::authenticate : Stage::verify;
}

}  // namespace

class StatusQuery::Course final : public Contact::Owner {
 public:
  Course(posix::EventLoop& loop, PasswordKeyCache& keys, const UploadOptions& options, const Target& target,
         Watcher watcher, Done done)
      : loop_{loop},
        target_{target},
        watcher_{std::move(watcher)},
        done_{std::move(done)},
        contact_{std::make_unique<Contact>(loop, keys, options, target, std::nullopt, *this)} {
    answer_.device = target.endpoints.front();
    contact_->start();
  }

  void entered(Stage stage) override {
    if (watcher_.entered) watcher_.entered(stage);
  }
  void trace(std::string_view text) override {
    if (watcher_.trace) watcher_.trace(text);
  }

  void failed(const PushFailure& failure) override { end(failure); }

  void connected(Link link) override {
    answer_.device = link.device;
    answer_.encrypted = link.encrypted;
    wire::FrameBytes frame;
    const std::size_t size = wire::encode(wire::Query{link.answer.nonce}, link.session_key, frame);
    channel_ = std::make_unique<ExtensionChannel>(std::move(link), [this] { receive(); });
    timer_ = loop_.after(status_timeout, [this] {
      fail(UpdateError::stalled, fmt::format("{} did not tell its status within {} s", device(),
                                             std::chrono::duration_cast<seconds>(status_timeout).count()));
    });
    if (const Status sent = channel_->send(Bytes{frame}.first(size)); !sent.ok()) broken(sent.error());
  }

 private:
  [[nodiscard]] std::string device() const { return device_text(target_.name, {&answer_.device, 1}); }

  void receive() {
    if (const Status flushed = channel_->flush(); !flushed.ok()) return broken(flushed.error());
    const Result<std::optional<ExtensionChannel::Frame>> received = channel_->receive();
    if (!received.ok()) return broken(received.error());
    if (received.value()) take(*received.value());
  }

  void take(const ExtensionChannel::Frame& frame) {
    if (frame.type == wire::FrameType::answer) return take_refusal(frame.payload);
    const Result<std::string_view> text = wire::decode_status(frame.payload);
    if (frame.type != wire::FrameType::status || !text.ok()) return broken(UpdateError::bad_message);
    if (!channel_->proves(frame)) {
      return fail(UpdateError::device_not_proven,
                  fmt::format("{} told its status, but does not know the password", device()));
    }
    answer_.status = wire::parse_status(text.value());
    end(std::nullopt);
  }

  void take_refusal(Bytes payload) {
    const Result<wire::Answer> refusal = wire::decode_answer(payload);
    if (!refusal.ok() || refusal.value().error == UpdateError::none) return broken(UpdateError::bad_message);
    const UpdateError code = refusal.value().error;
    const std::string_view detail = refusal.value().detail;
    PushFailure failure = make_failure(code, stage_of(code),
                                       fmt::format("{} does not tell its status: {}{}{}", device(),
                                                   describe(code).text, detail.empty() ? "" : ": ", detail));
    failure.device_says = describe(code).text;
    end(std::move(failure));
  }

  void broken(UpdateError code) {
    fail(code, fmt::format("{} was asked for its status: {}", device(), describe(code).text));
  }

  void fail(UpdateError code, std::string message) {
    end(make_failure(code, stage_of(code), std::move(message)));
  }

  /// The word goes out later: its owner may destroy this object then, and the channel that calls must not go.
  void end(std::optional<PushFailure> failure) {
    answer_.failure = std::move(failure);
    answer_.listening_at = contact_->listening_at();
    timer_ = loop_.after(milliseconds{0}, [this] {
      channel_.reset();
      const Done done = std::move(done_);
      const StatusAnswer answer = std::move(answer_);
      done(answer);
    });
  }

  posix::EventLoop& loop_;
  const Target& target_;
  Watcher watcher_;
  Done done_;
  StatusAnswer answer_;
  std::unique_ptr<Contact> contact_;
  std::unique_ptr<ExtensionChannel> channel_;
  posix::Timer timer_;
};

StatusQuery::StatusQuery(posix::EventLoop& loop, PasswordKeyCache& keys, const UploadOptions& options,
                         const Target& target, Watcher watcher, Done done)
    : course_{std::make_unique<Course>(loop, keys, options, target, std::move(watcher), std::move(done))} {}

StatusQuery::~StatusQuery() = default;

}  // namespace airlift::cli
