#pragma once
// What `airlift publish` did, and what is in the folder: for people and for programs. docs/cli.md lists the
// keys.

#include <string>
#include <vector>

#include "airlift_server/listing.hpp"
#include "publish_check.hpp"

namespace airlift::cli {

enum class Run : std::uint8_t { real, dry };

struct PublishReport {
  std::string file;
  std::string folder;
  std::string channel;
  server::Image published;
  Publishable image;
  std::vector<server::Plan> plans;
  Run run{Run::real};
};

[[nodiscard]] std::string publish_text(const PublishReport& report);
[[nodiscard]] std::string publish_json(const PublishReport& report);

[[nodiscard]] std::string listing_text(const std::string& folder,
                                       const std::vector<server::ListedImage>& images);
[[nodiscard]] std::string listing_json(const std::string& folder,
                                       const std::vector<server::ListedImage>& images);

/// "1.4.0", "without version"
[[nodiscard]] std::string version_text(const server::Image& image);

}  // namespace airlift::cli
