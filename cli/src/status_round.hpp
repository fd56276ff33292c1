#pragma once
// Asks any number of devices for their status, all at once.

#include <list>
#include <memory>

#include "interrupt.hpp"
#include "presence_probe.hpp"
#include "status_text.hpp"
#include "target_finder.hpp"

namespace airlift::cli {

class StatusRound {
 public:
  using Trace = std::function<void(const std::string& device, std::string_view text)>;

  /// All references outlive it. `trace` may be empty.
  StatusRound(posix::EventLoop& loop, const Interrupt& interrupt, const UploadOptions& options,
              TargetRequest request, Trace trace);

  /// Until all have told or failed; in the order of their names in the request. SIGINT ends it: who has not
  /// told yet is `cancelled`.
  [[nodiscard]] std::vector<DeviceAnswer> run();

 private:
  struct Asked {
    std::string asked;
    DeviceAnswer device;
    std::unique_ptr<StatusQuery> query;
    std::unique_ptr<PresenceProbe> probe;
    bool ended{false};
  };

  void ask(Finding finding);
  void take(Asked& asked, const StatusAnswer& answer);
  void take(Asked& asked, Presence presence);
  void cancel();
  [[nodiscard]] bool finished() const;
  [[nodiscard]] std::vector<DeviceAnswer> in_order() const;

  posix::EventLoop& loop_;
  const Interrupt& interrupt_;
  const UploadOptions& options_;
  std::vector<std::string> names_;
  Trace trace_;
  PasswordKeyCache keys_;
  TargetFinder finder_;
  std::list<Asked> asked_;  ///< addresses stay
};

}  // namespace airlift::cli
