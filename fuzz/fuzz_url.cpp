// The small texts of HTTP that strangers write: airlift/http/url.hpp, login.hpp and json.hpp, and
// airlift/web/host_check.hpp.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "airlift/http/json.hpp"
#include "airlift/http/login.hpp"
#include "airlift/http/url.hpp"
#include "airlift/web/host_check.hpp"
#include "require.hpp"

using airlift::fuzz::require;
namespace http = airlift::http;
namespace web = airlift::web;

namespace {

void check_decoding(std::string_view text, http::Plus plus) {
  std::vector<char> apart(text.size());
  std::string in_place{text};
  const auto size = http::decode_url(text, plus, {apart.data(), apart.size()});
  const auto same = http::decode_url(in_place, plus, {in_place.data(), in_place.size()});
  require(size == same, "it does not matter where it is decoded to");
  if (!size) {
    require(text.find('%') != std::string_view::npos, "only a percent sign can be damaged");
    return;
  }
  require(std::equal(apart.begin(), apart.begin() + static_cast<std::ptrdiff_t>(*size), in_place.begin()),
          "the same comes out");
  std::string encoded;
  for (std::size_t i = 0; i < *size; ++i) {
    constexpr std::string_view digits{"0123456789ABCDEF"};
    const auto byte = static_cast<unsigned char>(apart[i]);
    encoded.append("%").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
  }
  std::vector<char> again(*size);
  require(http::decode_url(encoded, plus, {again.data(), again.size()}) == size, "it can be encoded again");
  require(std::equal(again.begin(), again.end(), apart.begin()), "the same comes back");
}

void check_form(std::string_view form) {
  std::string_view rest = form;
  while (!rest.empty()) {
    const std::size_t before = rest.size();
    const http::FormField field = http::take_field(rest);
    require(rest.size() < before, "each field takes something off");
    require(field.name.find_first_of("&=") == std::string_view::npos, "a name ends where it should");
    require(field.value.find('&') == std::string_view::npos, "a value ends where it should");
  }
  const auto value = http::form_value<16>(form, "a");
  require(!value || !value->truncated(), "no value is cut");
}

void check_json(std::string_view text) {
  std::vector<std::uint8_t> room(2 * text.size() + 2);
  http::TextWriter into{{room.data(), room.size()}};
  http::append_json_string(into, text);
  require(!into.overflowed(), "a character takes two at most");
  const auto parsed = nlohmann::json::parse(into.view(), nullptr, false);
  require(parsed.is_string(), "a JSON string comes out, in valid UTF-8");
}

void check_login(std::string_view text) {
  const auto password = http::basic_password(text);
  require(!password || !password->truncated(), "no password is cut");
  const std::string_view value = http::cookie_value(text, "airlift");
  require(value.empty() || text.find("airlift=" + std::string{value}) != std::string_view::npos,
          "a cookie's value stands behind its name");
}

void check_host(std::string_view text) {
  const std::string_view name = web::host_name(text);
  require(text.substr(0, name.size()) == name, "a host's name stands at its beginning");
  if (web::is_named(name, "lamp")) require(name.size() <= 11, "nothing stands beside the name");
  if (!web::is_literal_or_local(name) || name.front() == '[') return;
  require(name.size() == 9 || name.find_first_not_of("0123456789.") == std::string_view::npos,
          "an address or localhost");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = airlift::as_text({data, size});
  check_decoding(text, http::Plus::is_plus);
  check_decoding(text, http::Plus::is_blank);
  check_form(text);
  check_json(text);
  check_login(text);
  check_host(text);
  return 0;
}
