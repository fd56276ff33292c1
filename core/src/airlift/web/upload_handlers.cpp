// What would become of an image, and what became of it.

#include "airlift/codec/text.hpp"
#include "airlift/element/refusal_detail.hpp"
#include "airlift/http/json.hpp"
#include "airlift/http/url.hpp"
#include "airlift/image/trailer.hpp"
#include "airlift/web/handlers.hpp"
#include "airlift/web/upload_course.hpp"

namespace airlift::web {
namespace {

/// The value of a field that needs no decoding, or an empty text.
std::string_view plain_value(std::string_view form, std::string_view name) {
  while (!form.empty()) {
    const http::FormField field = http::take_field(form);
    if (field.name == name) return field.value;
  }
  return {};
}

/// As ESP8266HTTPUpdateServer answers (esp8266/Arduino 3.x): 200 whatever happened, in words.
void answer_in_words(Call& call, UpdateError error) {
  call.answer.content_type = "text/html";
  if (error == UpdateError::none) {
    call.text.append("Update Success! Rebooting...");
  } else {
    call.text.append("Update error: ERROR[").append_number(number_of(error)).append("]: ");
    call.text.append(describe(error).text);
  }
}

}  // namespace

bool wants_json(const http::Request& request) {
  constexpr std::string_view json{"application/json"};
  return request.accept.substr(0, json.size()) == json;
}

void judge_offer(Call& call) {
  const auto kind = kind_of(plain_value(call.form, "kind"));
  const auto size = codec::parse_number(plain_value(call.form, "size"));
  const std::string_view hex = plain_value(call.form, "trailer");
  std::array<std::uint8_t, image::longest_trailer_bytes> trailer{};
  const bool fits = hex.size() <= 2 * trailer.size();
  const MutableBytes bytes = MutableBytes{trailer}.first(fits ? hex.size() / 2 : 0);
  if (!kind || !size || !fits || !codec::from_hex(hex, bytes)) return refuse(call, refusal_of(400));
  update::Announcement announcement;
  announcement.kind = *kind;
  announcement.size_bytes = *size;
  announcement.trailer = bytes;
  if (const Status welcome = call.site.ota.consider(announcement); !welcome.ok()) {
    return refuse(call, refusal_of(welcome.error()));
  }
  http::JsonObject{call.text}.field("accepted", "true").end();
}

void answer_upload(Call& call, UpdateError error) {
  call.answer.afterwards = Afterwards::conclude_upload;
  if (!wants_json(call.request)) return answer_in_words(call, error);
  if (error != UpdateError::none) return refuse(call, refusal_of(error));
  http::JsonObject{call.text}.field("result", "installed").end();
}

}  // namespace airlift::web
