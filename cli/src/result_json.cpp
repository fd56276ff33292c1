#include "result_json.hpp"

#include <array>

#include "device_list.hpp"

namespace airlift::cli {

void add_failure(Json& json, const PushFailure& failure) {
  json["stage"] = to_text(failure.stage);
  json["message"] = failure.message;
  json["advice"] = failure.advice;
  if (!failure.causes.empty()) json["causes"] = failure.causes;
  if (!failure.device_says.empty()) json["device_says"] = failure.device_says;
  if (failure.device_number != 0) json["device_number"] = failure.device_number;
}

void add_code(Json& json, UpdateError code) {
  json["result"] = code == UpdateError::none ? "ok" : "error";
  json["code"] = describe(code).name;
  json["number"] = number_of(code);
}

Json device_json(const std::string& name, const port::Endpoint& device) {
  Json json;
  json["name"] = name;
  if (device.port != 0) {
    json["address"] = address_text(device);
    json["port"] = device.port;
  }
  return json;
}

std::string_view protocol_word(Protocol spoken) {
  constexpr std::array<std::string_view, 3> words{"unknown", "old", "extension"};
  return words[static_cast<std::size_t>(spoken)];
}

}  // namespace airlift::cli
