// Devices as text: the table, the JSON.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "discover_command.hpp"
#include "json_line.hpp"

namespace airlift::cli {
namespace {

using Row = std::array<std::string, 5>;

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

/// What strangers sent must not move the cursor.
std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == '\x7F'; }, '?');
  return text;
}

Row row_of(const Device& device) {
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
  std::vector<Row> rows{{"NAME", "ADDRESS", "PORT", "BOARD", "PASSWORD"}};
  for (const Device& device : devices) rows.push_back(row_of(device));
  std::array<std::size_t, 5> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) text += fmt::format("{:<{}}  ", row[i], widths[i]);
    text += row.back() + "\n";
  }
  return text;
}

std::string to_json(const std::vector<Device>& devices) {
  Json json = Json::array();
  for (const Device& device : devices) json.push_back(json_of(device));
  return to_line(json);
}

std::string to_text(const DeviceList::Change& change) {
  const Row row = row_of(change.device);
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
