#include "push.hpp"

#include <system_error>

#include "airlift_posix/address.hpp"
#include "interrupt.hpp"
#include "target_finder.hpp"

namespace airlift::cli {
namespace {

/// One upload on a loop of its own.
class OneUpload final : public UploadObserver {
 public:
  OneUpload(posix::EventLoop& loop, const Interrupt& interrupt, const UploadOptions& options,
            UploadImage& image, Target target, PushReport& report, PushObserver& observer)
      : loop_{loop},
        interrupt_{interrupt},
        report_{report},
        observer_{observer},
        upload_{loop, options, image, std::move(target), *this} {}

  void run() {
    upload_.start();
    while (!upload_.finished()) {
      loop_.iterate(seconds{60});
      if (interrupt_.requested()) upload_.cancel();
    }
    take_over(upload_.report());
  }

  void entered(Stage stage) override {
    if (!ready_) {
      ready_ = true;
      take_over(upload_.report());
      observer_.ready(report_);
    }
    observer_.entered(stage);
  }
  void progress(std::uint32_t taken_bytes, std::uint32_t /*size_bytes*/) override {
    observer_.progress(taken_bytes);
  }
  void trace(std::string_view text) override { observer_.trace(text); }

 private:
  void take_over(const UploadReport& upload) {
    report_.failure = upload.failure;
    report_.device = upload.device;
    report_.listening_at = upload.listening_at;
    report_.sent_bytes = upload.taken_bytes;
    report_.duration = upload.duration;
  }

  posix::EventLoop& loop_;
  const Interrupt& interrupt_;
  PushReport& report_;
  PushObserver& observer_;
  bool ready_{false};
  DeviceUpload upload_;
};

void push_into(PushReport& report, const PushOptions& options, PushObserver& observer) {
  posix::EventLoop loop;
  const Interrupt interrupt{loop};
  UploadImage image{options.file, options.signed_file};
  report.file = image.path();
  report.replaced_by_signed = image.replaced_by_signed();
  report.size_bytes = image.size_bytes();

  Target target = find_one(loop, interrupt, options.device, options.device_port);
  report.device_name = target.name;
  UploadOptions upload = upload_options(options);
  upload.wait_until = WaitUntil::taken;
  OneUpload{loop, interrupt, upload, image, std::move(target), report, observer}.run();
}

}  // namespace

UploadOptions upload_options(const PushOptions& options) {
  UploadOptions result;
  result.host_address = options.host_address;
  result.host_port = options.host_port;
  result.command = options.command;
  result.password = options.password;
  result.first_hash = options.first_hash;
  result.answer_timeout = options.answer_timeout;
  return result;
}

PushReport push(const PushOptions& options, PushObserver& observer) {
  PushReport report;
  report.file = options.file;
  report.device_name = options.device;
  try {
    push_into(report, options, observer);
  } catch (const PushError& error) {
    report.failure = error.failure;
  } catch (const std::system_error& error) {
    report.failure = make_failure(UpdateError::network_failed, Stage::listen, error.what());
  }
  return report;
}

}  // namespace airlift::cli
