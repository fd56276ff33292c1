#pragma once
// The stages `reboot` and `confirm` of an upload: waits until the device is back and tells what it runs.
// docs/design/upload-protocol.md, "The uploader's course".

#include <functional>
#include <memory>

#include "return_course.hpp"

namespace airlift::cli {

/// Asks until the proof stands or it is clear that there will be none. Runs on the loop and never blocks.
class ReturnWatch {
 public:
  /// Is told once, from the loop; it may destroy the watch.
  using Done = std::function<void(const ReturnOutcome&)>;

  /// Begins at once. `options` (host address, password, encrypt, return_timeout) and `observer` (entered(),
  /// trace()) outlive it. Destroying it ends it without a word.
  ReturnWatch(posix::EventLoop& loop, const UploadOptions& options, ReturnPlan plan, UploadObserver& observer,
              Done done);
  ~ReturnWatch();

 private:
  class Driver;
  std::unique_ptr<Driver> driver_;
};

}  // namespace airlift::cli
