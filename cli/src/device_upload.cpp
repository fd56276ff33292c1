#include "device_upload.hpp"

#include <fmt/format.h>

#include <array>

#include "airlift_posix/steady_clock.hpp"
#include "contact.hpp"
#include "diagnosis.hpp"
#include "image_sender.hpp"
#include "return_watch.hpp"

namespace airlift::cli {

namespace {

using Remedy = TransferEnd::Remedy;

/// How long to wait before a transfer that was cut is gone on with; so many times, then it has failed.
constexpr std::array<milliseconds, 5> back_off{milliseconds{200}, milliseconds{500}, milliseconds{1000},
                                               milliseconds{2000}, milliseconds{4000}};

/// What may be otherwise in a moment, while a device still holds on to the connection that broke.
bool may_pass(UpdateError error) {
  return error == UpdateError::no_answer || error == UpdateError::no_connection ||
         error == UpdateError::no_route || error == UpdateError::busy;
}

}  // namespace

/// Contact, then transfer, then the device's return; a transfer by the extension that was cut begins again.
class DeviceUpload::Course final : public Contact::Owner, public ImageSender::Owner {
 public:
  Course(posix::EventLoop& loop, const UploadOptions& options, UploadImage& image, Target target,
         UploadObserver& observer)
      : loop_{loop}, options_{options}, contact_options_{options}, image_{image}, observer_{observer} {
    report_.target = std::move(target);
    report_.device = report_.target.endpoints.front();
    report_.size_bytes = image.size_bytes();
  }

  void start() {
    begin_ = clock_.now();
    make_contact();
  }

  void cancel() {
    if (ending_) return;
    fail(
        make_failure(UpdateError::cancelled, stage_,
                     fmt::format("cancelled after {} of {} bytes", report_.taken_bytes, report_.size_bytes)));
  }

  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] const UploadReport& report() const { return report_; }

  void entered(Stage stage) override {
    if (ending_) return;
    if (stage == Stage::transfer) begin_transfer();
    if (stage == Stage::verify) note_transfer_time();
    if (contact_) report_.listening_at = contact_->listening_at();
    stage_ = stage;
    observer_.entered(stage);
  }

  void trace(std::string_view text) override { observer_.trace(text); }

  void connected(Link link) override {
    if (ending_) return;
    contact_.reset();
    report_.device = link.device;
    report_.protocol = link.protocol;
    if (link.protocol == Protocol::old) {
      sender_ = send_to_old_device(loop_, std::move(link), image_, device(), *this);
      return;
    }
    // What has been spoken once is not continued in another way.
    contact_options_.extension = ExtensionUse::required;
    contact_options_.encrypt = report_.encrypted = link.encrypted;
    if (!link.answer.password) contact_options_.password.clear();
    offer_.command = options_.command;
    offer_.compressed = may_compress_ && options_.compress && link.answer.gzip && image_.compressible();
    sender_ = send_by_extension(loop_, std::move(link), image_, offer_, device(), *this);
  }

  void failed(const PushFailure& failure) override {
    if (ending_) return;
    if (cut_ && may_pass(failure.code)) return go_on(failure);
    fail(failure);
  }

  void progress(std::uint32_t taken_bytes) override {
    if (ending_) return;
    report_.taken_bytes = taken_bytes;
    // Our socket had the last byte before the device had it.
    if (taken_bytes == report_.size_bytes) note_transfer_time();
    observer_.progress(taken_bytes, report_.size_bytes);
  }

  void transfer_ended(const TransferEnd& ended) override {
    if (ending_) return;
    const TransferEnd end = ended;
    sent_before_ += sender_->sent_bytes();
    report_.sent_bytes = sent_before_;
    sender_.reset();
    if (end.failure) return on_transfer_failed(*end.failure, end.remedy);
    report_.taken_bytes = report_.size_bytes;
    report_.proof = end.proof;
    report_.image_sha256 = end.image_sha256;
    if (end.proof == Proof::waits || options_.wait_until == WaitUntil::taken) return finish();
    watch_return();
  }

 private:
  /// Passes on what the return watch tells.
  class Relay final : public UploadObserver {
   public:
    explicit Relay(Course& course) : course_{course} {}
    void entered(Stage stage) override { course_.entered(stage); }
    void trace(std::string_view text) override { course_.trace(text); }

   private:
    Course& course_;
  };

  void make_contact() {
    const wire::Invitation invitation{options_.command, 0, image_.size_bytes(), image_.md5()};
    contact_.emplace(loop_, keys_, contact_options_, report_.target, invitation, *this);
    contact_->start();
  }

  [[nodiscard]] std::string device() const { return device_text(report_.target.name, {&report_.device, 1}); }

  void begin_transfer() {
    if (transfer_begin_ == Instant{}) transfer_begin_ = clock_.now();
    if (cut_) ++report_.resumed;
    transferred_ = true;
    report_.compressed = report_.compressed || offer_.compressed;
    // If this is cut, the rest goes as it is: the one gzip stream begins with the file.
    may_compress_ = false;
    offer_.from_the_start = false;
  }

  void note_transfer_time() {
    if (transferred_) report_.transfer_time = clock_.now() - transfer_begin_;
  }

  void on_transfer_failed(const PushFailure& failure, Remedy remedy) {
    switch (remedy) {
      case Remedy::none:
        return fail(failure);
      case Remedy::resume:
        // A connection that breaks before the first byte is tried again, too; silence has cost its time
        // already.
        if (!transferred_ && failure.code != UpdateError::connection_lost) return fail(failure);
        if (transferred_) cut_ = failure;
        break;
      case Remedy::from_the_start:
        offer_.from_the_start = true;
        may_compress_ = true;
        break;
      case Remedy::uncompressed:
        may_compress_ = false;
        break;
    }
    go_on(failure);
  }

  /// With a fresh invitation, after a while.
  void go_on(const PushFailure& why) {
    contact_.reset();
    if (tries_ == back_off.size()) return give_up(why);
    // A device notices after up to ten seconds that its connection is dead.
    const milliseconds wait = why.code == UpdateError::busy ? back_off.back() : back_off[tries_];
    ++tries_;
    observer_.trace(fmt::format("{}; trying again in {} ms", why.message, wait.count()));
    timer_ = loop_.after(wait, [this] { make_contact(); });
  }

  void give_up(const PushFailure& last) {
    if (!cut_) return fail(last);
    PushFailure failure = *cut_;
    failure.message += fmt::format("; tried {} times to go on", tries_);
    if (last.message != cut_->message) failure.message += ", in the end: " + last.message;
    fail(failure);
  }

  void watch_return() {
    ReturnPlan plan;
    plan.device_name = report_.target.name;
    plan.device = report_.device;
    plan.device_text = device();
    plan.protocol = report_.protocol;
    plan.command = options_.command;
    plan.image_sha256 = report_.image_sha256;
    return_watch_.emplace(loop_, contact_options_, plan, relay_, [this](const ReturnOutcome& outcome) {
      if (ending_) return;
      report_.proof = outcome.proof;
      report_.failure = outcome.failure;
      finish();
    });
  }

  void fail(const PushFailure& failure) {
    report_.failure = failure;
    finish();
  }

  /// The rest later: the observer may destroy the upload then, and may have cancelled it in a callback of the
  /// sender.
  void finish() {
    ending_ = true;
    report_.duration = clock_.now() - begin_;
    if (sender_) report_.sent_bytes = sent_before_ + sender_->sent_bytes();
    timer_ = loop_.after(milliseconds{0}, [this] {
      contact_.reset();
      sender_.reset();
      return_watch_.reset();
      add_causes(report_, options_);
      finished_ = true;
      observer_.finished(report_);
    });
  }

  posix::EventLoop& loop_;
  const UploadOptions& options_;
  UploadOptions contact_options_;  ///< as options_, but once the device has answered: held to how
  UploadImage& image_;
  UploadObserver& observer_;
  posix::SteadyClock clock_;
  UploadReport report_;
  PasswordKeyCache keys_;
  std::optional<Contact> contact_;
  std::unique_ptr<ImageSender> sender_;
  Relay relay_{*this};
  std::optional<ReturnWatch> return_watch_;
  Stage stage_{Stage::invite};
  Instant begin_{};
  Instant transfer_begin_{};
  OfferOptions offer_;
  bool may_compress_{true};
  bool transferred_{false};         ///< by the extension or not, bytes may have been taken
  std::optional<PushFailure> cut_;  ///< the last
  std::size_t tries_{0};
  std::uint64_t sent_before_{0};  ///< in earlier tries
  bool ending_{false};
  bool finished_{false};
  posix::Timer timer_;
};

DeviceUpload::DeviceUpload(posix::EventLoop& loop, const UploadOptions& options, UploadImage& image,
                           Target target, UploadObserver& observer)
    : course_{std::make_unique<Course>(loop, options, image, std::move(target), observer)} {}

DeviceUpload::~DeviceUpload() = default;

void DeviceUpload::start() {
  course_->start();
}

void DeviceUpload::cancel() {
  course_->cancel();
}

bool DeviceUpload::finished() const {
  return course_->finished();
}

const UploadReport& DeviceUpload::report() const {
  return course_->report();
}

}  // namespace airlift::cli
