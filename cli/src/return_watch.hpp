#pragma once
// The stages `reboot` and `confirm` of an upload: waits until the device is back and tells what it runs.
// docs/design/upload-protocol.md, "The uploader's course".

#include <functional>
#include <memory>
#include <string>

#include "device_upload.hpp"

namespace airlift::cli {

/// What is known when the device has taken the image.
struct ReturnPlan {
  port::Endpoint device;    ///< its OTA port, at the address that answered
  std::string device_text;  ///< for messages: "devding (192.168.1.20:8266)"
  Protocol protocol{Protocol::old};
  wire::Command command{wire::Command::firmware};
  std::optional<crypto::Sha256Digest> image_sha256;  ///< of the result; always with Protocol::extension
};

/// Asks until the proof stands or it is clear that there will be none. Runs on the loop and never blocks.
class ReturnWatch {
 public:
  struct Outcome {
    std::optional<PushFailure> failure;  ///< none: `proof` stands
    Proof proof{Proof::taken};           ///< reachable (old devices), running or confirmed; else taken
  };
  /// Is told once, from the loop; it may destroy the watch.
  using Done = std::function<void(const Outcome&)>;

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
