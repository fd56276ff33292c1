// What `airlift publish` did, for people.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "airlift_server/layout.hpp"
#include "progress.hpp"
#include "publish_report.hpp"
#include "text_table.hpp"

namespace airlift::cli {
namespace {

using server::Plan;

/// "devding/stable/firmware.bin"
std::string current_path(const PublishReport& report, const Plan& plan) {
  return fmt::format("{}/{}/{}", plan.board, report.channel, server::current_name(report.image.kind));
}

std::string sibling_text(Plan::Sibling sibling) {
  switch (sibling) {
    case Plan::Sibling::written:
      return "  compressed sibling (.gz) beside it\n";
    case Plan::Sibling::removed:
      return "  the compressed sibling (.gz) of the image before is removed\n";
    case Plan::Sibling::kept:
    case Plan::Sibling::none:
      break;
  }
  return {};
}

std::string done_text(const PublishReport& report, const Plan& plan) {
  const std::string path = fmt::format("{}/{}", report.folder, current_path(report, plan));
  const std::string size = size_text(static_cast<double>(report.published.file.mark.size_bytes));
  const std::string version = version_text(report.published);
  switch (plan.course) {
    case Plan::Course::nothing:
      return fmt::format("{}: is this image ({}) already\n", path, version);
    case Plan::Course::make_current:
      return fmt::format("{}: {}, {}{}\n  kept as images/{}\n", path, version, size,
                         plan.present ? fmt::format(", instead of {}", version_text(*plan.present)) : "",
                         plan.archive);
    case Plan::Course::archive:
      return fmt::format("{}/{}/{}/images/{}: {}, {}; {} stays {}\n", report.folder, plan.board,
                         report.channel, plan.archive, version, size, server::current_name(report.image.kind),
                         version_text(*plan.present));
  }
  return {};
}

std::string next_text(const PublishReport& report, const Plan& plan) {
  if (plan.course == Plan::Course::archive)
    return "  airlift serve offers it to devices that do not suit the other one; a plain web server does "
           "not\n";
  return fmt::format(
      "  devices of this board and channel {} it at their next check; a plain web server gives it as /{}\n",
      report.image.kind == image::Kind::firmware ? "install" : "can fetch", current_path(report, plan));
}

std::string time_text(std::int64_t time_s) {
  return fmt::format("{:%Y-%m-%d %H:%M}", fmt::gmtime(static_cast<std::time_t>(time_s)));
}

}  // namespace

std::string version_text(const server::Image& image) {
  return image.version().empty() ? "without version" : std::string{image.version()};
}

std::string publish_text(const PublishReport& report) {
  std::string text = report.run == Run::dry ? "dry run, nothing is written:\n" : "";
  for (const Plan& plan : report.plans)
    text += done_text(report, plan) + sibling_text(plan.sibling) + next_text(report, plan);
  return text;
}

std::string listing_text(const std::string& folder, const std::vector<server::ListedImage>& images) {
  if (images.empty()) return fmt::format("{}: no images\n", folder);
  std::vector<TextRow> rows{{"BOARD", "CHANNEL", "FILE", "VERSION", "SIZE", "SINCE (UTC)"}};
  for (const server::ListedImage& each : images) {
    const server::FileMark& mark = each.image->file.mark;
    const std::string_view version = each.image->version();
    rows.push_back({each.board, each.channel, each.file + (each.compressed ? " (and .gz)" : ""),
                    std::string{version.empty() ? "-" : version},
                    size_text(static_cast<double>(mark.size_bytes)), time_text(mark.modified_s())});
  }
  return text_table(rows);
}

}  // namespace airlift::cli
