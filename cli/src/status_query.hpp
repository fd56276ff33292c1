#pragma once
// Asks a device once for its status (extension). Runs on the loop and never blocks.

#include <functional>
#include <memory>
#include <optional>

#include "airlift/wire/device_status.hpp"
#include "contact.hpp"

namespace airlift::cli {

struct StatusAnswer {
  std::optional<PushFailure> failure;  ///< none: `status` is what the device says, and it has proven itself
  wire::DeviceStatus status;
  port::Endpoint device;     ///< that answered; else the first
  std::string listening_at;  ///< for the device, in case it has to connect
  bool encrypted{false};
};

class StatusQuery {
 public:
  /// Is told once, from the loop; it may destroy the query.
  using Done = std::function<void(const StatusAnswer&)>;
  struct Watcher {
    std::function<void(Stage)> entered;           ///< empty: need not be told
    std::function<void(std::string_view)> trace;  ///< likewise
  };

  /// How long a device that has accepted may take for its answer.
  static constexpr milliseconds status_timeout{5000};

  /// Begins at once. All references outlive it.
  StatusQuery(posix::EventLoop& loop, PasswordKeyCache& keys, const UploadOptions& options,
              const Target& target, Watcher watcher, Done done);
  /// Ends it without a word.
  ~StatusQuery();

 private:
  class Course;
  std::unique_ptr<Course> course_;
};

}  // namespace airlift::cli
