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

void add_facts(Json& json, const server::ImageFacts& facts) {
  json["version"] = facts.manifest ? Json(facts.version()) : Json{};
  json["size_bytes"] = facts.size_bytes;
  json["sha256"] = hex(facts.sha256);
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
  add_facts(json, report.facts);
  json["boards"] = Json::array();
  for (const Plan& plan : report.plans) json["boards"].push_back(plan_json(report, plan));
  json["warnings"] = report.image.warnings;
  return to_line(json);
}

std::string listing_json(const std::string& folder, const std::vector<server::ListedImage>& images) {
  Json json;
  json["folder"] = folder;
  json["images"] = Json::array();
  for (const server::ListedImage& image : images) {
    Json& added = json["images"].emplace_back();
    added["board"] = image.board;
    added["channel"] = image.channel;
    added["file"] = image.file;
    added["kind"] = word_for(image.kind);
    add_facts(added, image.facts);
    added["time"] = image.facts.file_time_s;
    added["current"] = image.current;
    added["gzip"] = image.compressed;
  }
  return to_line(json);
}

}  // namespace airlift::cli
