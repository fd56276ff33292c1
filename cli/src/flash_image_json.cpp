// What `airlift flash-image` made, for programs.
#include "flash_image.hpp"
#include "hex_text.hpp"
#include "json_line.hpp"

namespace airlift::cli {
namespace {

Json image_json(const boot::SlotInfo& slot) {
  if (slot.image.empty()) return {};
  Json json;
  json["version"] = slot.version.empty() ? Json{} : Json(slot.version.view());
  json["size_bytes"] = slot.image.size_bytes;
  json["sha256"] = hex(slot.image.sha256);
  return json;
}

}  // namespace

std::string to_json(const FlashRequest& request, const FlashReport& report) {
  Json json;
  json["result"] = "ok";
  json["file"] = request.output;
  json["size_bytes"] = report.flash_bytes;
  json["boot_loader_bytes"] = report.boot_loader_bytes;
  json["firmware"] = image_json(report.firmware);
  json["filesystem"] = image_json(report.filesystem);
  return to_line(json);
}

}  // namespace airlift::cli
