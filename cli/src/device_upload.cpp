#include "device_upload.hpp"

#include <fmt/format.h>

#include "airlift_posix/steady_clock.hpp"
#include "contact.hpp"
#include "image_sender.hpp"

namespace airlift::cli {

/// Contact, then transfer, then the device's return; a transfer by the extension that was cut begins again.
class DeviceUpload::Course final : public Contact::Owner, public ImageSender::Owner {
 public:
  Course(posix::EventLoop& loop, const UploadOptions& options, UploadImage& image, Target target,
         UploadObserver& observer)
      : loop_{loop}, options_{options}, image_{image}, observer_{observer} {
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
    if (stage == Stage::transfer && transfer_begin_ == Instant{}) transfer_begin_ = clock_.now();
    if (stage == Stage::verify) report_.transfer_time = clock_.now() - transfer_begin_;
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
    sender_ = send_to_old_device(loop_, std::move(link), image_, device(), *this);
  }

  void failed(const PushFailure& failure) override {
    if (!ending_) fail(failure);
  }

  void progress(std::uint32_t taken_bytes) override {
    report_.taken_bytes = taken_bytes;
    report_.sent_bytes = sender_->sent_bytes();
    observer_.progress(taken_bytes, report_.size_bytes);
  }

  void transfer_ended(const TransferEnd& end) override {
    if (ending_) return;
    sender_.reset();
    if (end.failure) return fail(*end.failure);
    report_.proof = end.proof;
    finish();
  }

 private:
  void make_contact() {
    const wire::Invitation invitation{options_.command, 0, image_.size_bytes(), image_.md5()};
    contact_.emplace(loop_, keys_, options_, report_.target, invitation, *this);
    contact_->start();
  }

  [[nodiscard]] std::string device() const { return device_text(report_.target.name, {&report_.device, 1}); }

  void fail(const PushFailure& failure) {
    report_.failure = failure;
    finish();
  }

  /// The rest later: the observer may destroy the upload then, and may have cancelled it in a callback of the
  /// sender.
  void finish() {
    ending_ = true;
    report_.duration = clock_.now() - begin_;
    timer_ = loop_.after(milliseconds{0}, [this] {
      contact_.reset();
      sender_.reset();
      finished_ = true;
      observer_.finished(report_);
    });
  }

  posix::EventLoop& loop_;
  const UploadOptions& options_;
  UploadImage& image_;
  UploadObserver& observer_;
  posix::SteadyClock clock_;
  UploadReport report_;
  PasswordKeyCache keys_;
  std::optional<Contact> contact_;
  std::unique_ptr<ImageSender> sender_;
  Stage stage_{Stage::invite};
  Instant begin_{};
  Instant transfer_begin_{};
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
