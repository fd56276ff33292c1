// Devices as text: the table, the JSON.
#include <fmt/format.h>

#include "discover_command.hpp"
#include "json_line.hpp"
#include "text_table.hpp"

namespace airlift::cli {
namespace {

std::string_view password_text(PasswordNeed need) {
  switch (need) {
    case PasswordNeed::yes:
      return "yes";
    case PasswordNeed::no:
      return "no";
    case PasswordNeed::unknown:
      return "-";
  }
  return "-";
}

TextRow row_of(const Device& device) {
  const std::string board = device.board();
  return {printable(device.name), address_text(device.endpoint()), std::to_string(device.endpoint().port),
          board.empty() ? "-" : printable(board), std::string{password_text(device.password())}};
}

Json json_of(const Device& device) {
  Json json;
  json["name"] = device.name;
  json["host"] = device.host;
  json["address"] = address_text(device.endpoint());
  json["port"] = device.endpoint().port;
  json["board"] = device.board().empty() ? Json{} : Json(device.board());
  json["password"] =
      device.password() == PasswordNeed::unknown ? Json{} : Json(device.password() == PasswordNeed::yes);
  for (std::size_t i = 0; i < device.endpoints.size(); ++i) {
    json["addresses"].push_back(
        {{"address", address_text(device.endpoints[i])}, {"interface", device.interfaces[i]}});
  }
  json["txt"] = device.txt;
  return json;
}

std::string_view kind_text(DeviceList::Change::Kind kind) {
  switch (kind) {
    case DeviceList::Change::Kind::found:
      return "found";
    case DeviceList::Change::Kind::updated:
      return "updated";
    case DeviceList::Change::Kind::lost:
      return "lost";
    case DeviceList::Change::Kind::none:
      return "none";
  }
  return "none";
}

}  // namespace

std::string to_table(const std::vector<Device>& devices) {
  std::vector<TextRow> rows{{"NAME", "ADDRESS", "PORT", "BOARD", "PASSWORD"}};
  for (const Device& device : devices) rows.push_back(row_of(device));
  return text_table(rows);
}

std::string to_json(const std::vector<Device>& devices) {
  Json json = Json::array();
  for (const Device& device : devices) json.push_back(json_of(device));
  return to_line(json);
}

std::string to_text(const DeviceList::Change& change) {
  const TextRow row = row_of(change.device);
  return fmt::format("{:<7}  {}  {}  port {}  board {}  password {}", kind_text(change.kind), row[0], row[1],
                     row[2], row[3], row[4]);
}

std::string to_json(const DeviceList::Change& change) {
  Json json;
  json["event"] = kind_text(change.kind);
  json.update(json_of(change.device));
  return to_line(json);
}

}  // namespace airlift::cli
