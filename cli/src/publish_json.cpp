// What `airlift publish` did, for programs.
#include "airlift_server/layout.hpp"
#include "hex_text.hpp"
#include "json_line.hpp"
#include "publish_report.hpp"

namespace airlift::cli {
namespace {

using server::Plan;

std::string_view word_for(image::Kind kind) {
  return kind == image::Kind::firmware ? "firmware" : "filesystem";
}

std::string_view name_of(Plan::Course course) {
  switch (course) {
    case Plan::Course::nothing:
      return "already_there";
    case Plan::Course::archive:
      return "archived";
    case Plan::Course::make_current:
      return "made_current";
  }
  return "";
}

std::string_view name_of(Plan::Sibling sibling) {
  switch (sibling) {
    case Plan::Sibling::none:
      return "none";
    case Plan::Sibling::kept:
      return "kept";
    case Plan::Sibling::removed:
      return "removed";
    case Plan::Sibling::written:
      return "written";
  }
  return "";
}

void add_facts(Json& json, const server::Image& image) {
  json["version"] = image.manifest ? Json(image.version()) : Json{};
  json["size_bytes"] = image.file.mark.size_bytes;
  json["sha256"] = hex(image.file.digests.sha256);
}

Json plan_json(const PublishReport& report, const Plan& plan) {
  const std::string channel = plan.board + "/" + report.channel + "/";
  Json json;
  json["board"] = plan.board;
  json["did"] = name_of(plan.course);
  json["path"] = channel + std::string{server::current_name(report.image.kind)};
  json["archive"] = channel + std::string{server::images_folder} + "/" + plan.archive;
  json["gzip"] = name_of(plan.sibling);
  json["before"] = Json{};
  if (plan.present) add_facts(json["before"], *plan.present);
  return json;
}

}  // namespace

std::string publish_json(const PublishReport& report) {
  Json json;
  json["result"] = "ok";
  json["file"] = report.file;
  json["folder"] = report.folder;
  json["dry_run"] = report.run == Run::dry;
  json["kind"] = word_for(report.image.kind);
  json["channel"] = report.channel;
  add_facts(json, report.published);
  json["boards"] = Json::array();
  for (const Plan& plan : report.plans) json["boards"].push_back(plan_json(report, plan));
  json["warnings"] = report.image.warnings;
  return to_line(json);
}

std::string listing_json(const std::string& folder, const std::vector<server::ListedImage>& images) {
  Json json;
  json["folder"] = folder;
  json["images"] = Json::array();
  for (const server::ListedImage& each : images) {
    Json& added = json["images"].emplace_back();
    added["board"] = each.board;
    added["channel"] = each.channel;
    added["file"] = each.file;
    added["kind"] = word_for(each.image->kind);
    add_facts(added, *each.image);
    added["time"] = each.image->file.mark.modified_s();
    added["current"] = each.image->current;
    added["gzip"] = each.compressed;
  }
  return to_line(json);
}

}  // namespace airlift::cli
