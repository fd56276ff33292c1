// What the device and its elements are, and what they do when asked.

#include "airlift/codec/text.hpp"
#include "airlift/element/address_text.hpp"
#include "airlift/http/json.hpp"
#include "airlift/http/url.hpp"
#include "airlift/web/handlers.hpp"
#include "airlift/web/state_writer.hpp"

namespace airlift::web {
namespace {

using element::Place;

Filled fill_state(Site& site, Cursor& cursor, http::TextWriter& into) {
  const Span<const Place> places = site.board->places();
  return StateWriter{into, cursor}.write(places, places.size()) ? Filled::end : Filled::more;
}

/// Of the element at `cursor.at` alone.
Filled fill_element(Site& site, Cursor& cursor, http::TextWriter& into) {
  const std::size_t end = cursor.at + 1;
  return StateWriter{into, cursor}.write(site.board->places(), end) ? Filled::end : Filled::more;
}

class ValuesDigest final : public element::ValueSink {
 public:
  void value(std::string_view key, std::string_view value) override {
    hash_.update(as_bytes(key)).update(as_bytes("\n")).update(as_bytes(value)).update(as_bytes("\n"));
  }
  [[nodiscard]] crypto::Sha256Digest finish() { return hash_.finish(); }

 private:
  crypto::Sha256 hash_;
};

std::optional<std::size_t> place_of(const Site& site, std::string_view id) {
  const Span<const Place> places = site.board->places();
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i].element->claimed() && codec::equal_ignoring_case(places[i].element->id(), id)) return i;
  }
  return std::nullopt;
}

/// https://html.spec.whatwg.org/multipage/server-sent-events.html; an event has two line ends behind it.
Filled fill_events(Site& site, Cursor& cursor, http::TextWriter& into) {
  const auto place = place_of(site, site.ota.id());
  if (!place) return Filled::nothing_yet;
  if (!cursor.in_event) {
    ValuesDigest digest;
    site.ota.values(digest);
    const crypto::Sha256Digest now = digest.finish();
    if (now == cursor.sent) return Filled::nothing_yet;
    cursor = {};
    cursor.sent = now;
    cursor.at = *place;
    cursor.in_event = true;
    into.append("event: state\ndata: ");
  }
  constexpr std::string_view end{"\n\n"};
  const std::size_t kept_free{end.size()};
  http::TextWriter json{into.room().first(into.room().size() - kept_free)};
  const bool whole = StateWriter{json, cursor}.write(site.board->places(), *place + 1);
  into.took(json.size());
  if (!whole) return Filled::more;
  into.append(end);
  cursor.in_event = false;
  return Filled::nothing_yet;
}

/// Carries out all that the query asks for. False: something is unknown or wrong.
bool act(element::Element& element, std::string_view query) {
  while (!query.empty()) {
    const http::FormField field = http::take_field(query);
    std::array<char, element::longest_key_bytes> name{};
    std::array<char, element::longest_value_bytes> value{};
    const auto name_size = http::decode_url(field.name, http::Plus::is_blank, Span<char>{name});
    const auto value_size = http::decode_url(field.value, http::Plus::is_blank, Span<char>{value});
    if (!name_size || !value_size) return false;
    const element::SetResult done = element.act({name.data(), *name_size}, {value.data(), *value_size});
    if (done != element::SetResult::ok) return false;
  }
  return true;
}

FixedString<255> addresses_of(port::SystemInfo& system) {
  FixedString<255> all;
  for (std::size_t i = 0; const auto address = system.address(i); ++i) {
    const FixedString<39> text = element::address_text(*address);
    if (all.size() + 1 + text.size() > all.capacity()) break;
    all.append(all.empty() ? "" : " ").append(text);
  }
  return all;
}

/// The types before `index` have this one, too.
bool named_before(Span<const Place> places, std::size_t index) {
  for (const Place& place : places.first(index)) {
    if (place.type == places[index].type) return true;
  }
  return false;
}

}  // namespace

void show_state(Call& call) {
  call.answer.fill = fill_state;
}

void show_or_act(Call& call) {
  constexpr std::string_view prefix{"/api/state/"};
  const auto place = place_of(call.site, call.request.path.substr(prefix.size()));
  if (!place) return refuse(call, refusal_of(404));
  if (!act(*call.site.board->places()[*place].element, call.request.query)) {
    return refuse(call, refusal_of(400), "the element does not do this");
  }
  call.answer.cursor.at = *place;
  call.answer.fill = fill_element;
}

void stream_events(Call& call) {
  if (call.site.event_streams >= http::most_event_streams) return refuse(call, refusal_of(503));
  call.answer.content_type = "text/event-stream";
  call.answer.is_stream = true;
  call.answer.fill = fill_events;
}

void show_system(Call& call) {
  port::SystemInfo& system = call.site.system;
  const auto number = [](auto value) { return FixedString<20>{}.append_number(value); };
  http::JsonObject{call.text}
      .field("name", call.site.board->device().name())
      .field("board", call.site.ota.board_id())
      .field("version", system.version())
      .field("uptime", number(system.uptime().count()))
      .field("addresses", addresses_of(system))
      .field("free", number(system.free_bytes()))
      .field("fingerprint", call.site.identity.fingerprint())
      .end();
}

void list_elements(Call& call) {
  const Span<const Place> places = call.site.board->places();
  call.text.append("[");
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (named_before(places, i)) continue;
    call.text.append(i > 0 ? "," : "");
    http::append_json_string(call.text, places[i].type);
  }
  call.text.append("]");
}

void reboot(Call& call) {
  http::JsonObject{call.text}.field("reboot", "true").end();
  call.answer.afterwards = Afterwards::reboot;
}

}  // namespace airlift::web
