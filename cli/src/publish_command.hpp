#pragma once
// `airlift publish`: puts an image into the folder that devices update themselves from.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "publish_report.hpp"

namespace airlift::cli {

class PublishCommand {
 public:
  /// Adds `publish` to `app`, which must not outlive this object.
  explicit PublishCommand(CLI::App& app);

  [[nodiscard]] bool chosen() const { return command_.parsed(); }
  /// Returns the exit code: 0 done or there already, 1 the image is refused, 8 trouble on this computer.
  /// Throws CLI::Error.
  [[nodiscard]] int run() const;

 private:
  void add_image_options();
  void check_arguments() const;
  void list() const;
  void publish() const;
  [[nodiscard]] PublishReport prepare() const;
  void carry_out(PublishReport& report) const;
  [[nodiscard]] server::NewImage image_of(const PublishReport& report) const;

  CLI::App& command_;
  std::string folder_;
  std::string file_;
  std::string channel_;
  PublishWishes wishes_;
  std::vector<std::string> keys_;
  bool allow_older_{false};
  bool make_current_{false};
  bool gzip_{false};
  bool dry_{false};
  bool list_{false};
  bool json_{false};
};

}  // namespace airlift::cli
