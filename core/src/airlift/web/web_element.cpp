#include "airlift/web/web_element.hpp"

#include <algorithm>

#include "airlift/codec/text.hpp"

namespace airlift::web {
namespace {

using codec::equal_ignoring_case;
using element::SetResult;
using Message = FixedString<200>;

constexpr seconds open_retry_interval{5};

SetResult set_port(std::uint16_t& port, std::string_view value) {
  const auto number = codec::parse_number(value, 0xFFFF);
  if (!number || *number == 0) return SetResult::bad_value;
  port = static_cast<std::uint16_t>(*number);
  return SetResult::ok;
}

SetResult set_file(WebElement::FileName& file, std::string_view value) {
  if (value.size() > file.capacity()) return SetResult::bad_value;
  file = value;
  return SetResult::ok;
}

/// What cannot be understood was meant to encrypt.
SetResult set_tls(WebElement::Tls& tls, std::string_view value) {
  struct Row {
    std::string_view name;
    WebElement::Tls tls;
  };
  constexpr Row table[]{
      {"off", WebElement::Tls::off}, {"on", WebElement::Tls::on}, {"only", WebElement::Tls::only}};
  tls = WebElement::Tls::only;
  for (const Row& row : table) {
    if (!equal_ignoring_case(value, row.name)) continue;
    tls = row.tls;
    return SetResult::ok;
  }
  return SetResult::bad_value;
}

}  // namespace

WebElement::WebElement(const Ports& ports, element::OtaElement& ota, Span<WebConnection> connections,
                       const Page& page)
    : ports_{ports}, connections_{connections}, site_{ota,
                                                      ports.files,
                                                      ports.system,
                                                      ports.identity,
                                                      ports.http_advertiser,
                                                      page,
                                                      Guard{ota, ports.entropy}} {}

SetResult WebElement::do_set(std::string_view property, std::string_view value) {
  if (equal_ignoring_case(property, "port")) return set_port(plain_.wanted, value);
  if (equal_ignoring_case(property, "tls_port")) return set_port(encrypted_.wanted, value);
  if (equal_ignoring_case(property, "tls")) return set_tls(tls_, value);
  if (equal_ignoring_case(property, "cert")) return set_file(certificate_, value);
  if (equal_ignoring_case(property, "key")) return set_file(key_, value);
  return SetResult::unknown_property;
}

void WebElement::do_start(element::Board& board, Instant now) {
  site_.board = &board;
  const bool safe = board.safe_mode_for(site_.ota);  // its password is ours
  site_.guard.set_changes(safe ? Guard::Changes::in_safe_mode : Guard::Changes::allowed);
  plain_.next_try_at = encrypted_.next_try_at = now;
  if (tls_ != Tls::off) open_identity();
  open_doors(now);
}

void WebElement::open_identity() {
  const std::string_view name = site_.board->device().name();
  if (const Status opened = ports_.identity.open(certificate_, key_, name); !opened.ok()) {
    Message message{"no HTTPS: "};
    return log(port::LogLevel::error, message.append(describe(opened.error()).text));
  }
  Message message{"HTTPS certificate, SHA-256 "};
  log(port::LogLevel::info, message.append(ports_.identity.fingerprint()));
}

void WebElement::open_doors(Instant now) {
  const bool was_closed = plain_.open == 0;
  open(plain_, ports_.plain, now);
  if (was_closed && plain_.open != 0) advertise();
  if (tls_ != Tls::off) open(encrypted_, ports_.encrypted, now);
  if (tls_ == Tls::only) site_.redirect_port = encrypted_.open != 0 ? encrypted_.open : encrypted_.wanted;
}

void WebElement::open(Door& door, port::StreamPool& pool, Instant now) {
  if (door.open != 0 || now < door.next_try_at) return;
  door.next_try_at = now + open_retry_interval;
  if (pool.listen(door.wanted).ok()) {
    door.open = door.wanted;
  } else if (door.wanted == door.usual && pool.listen(door.fallback).ok()) {
    door.open = door.fallback;
  }
  Message message{door.scheme};
  if (door.open == door.wanted) {
    return log(port::LogLevel::info, message.append(": listening on TCP port ").append_number(door.open));
  }
  message.append(": cannot listen on TCP port ").append_number(door.wanted);
  if (door.open == 0) return log(port::LogLevel::warning, message.append(", trying again every 5 s"));
  log(port::LogLevel::warning, message.append(", listening on port ").append_number(door.open));
}

void WebElement::advertise() {
  const element::DeviceElement& device = site_.board->device();
  if (!device.service_discovery()) return;
  const std::array<port::TxtEntry, 3> txt{
      {{"path", "/"}, {"title", device.title()}, {"room", device.room()}}};
  const auto entries = Span<const port::TxtEntry>{txt};
  const Status http =
      ports_.http_advertiser.advertise(device.name(), {"_http._tcp", plain_.open, entries.first(1)});
  const Status homeding =
      ports_.homeding_advertiser.advertise(device.name(), {"_homeding._tcp", plain_.open, entries});
  if (!http.ok() || !homeding.ok()) {
    log(port::LogLevel::warning, "mDNS cannot be used here; the page is reachable by its address only");
  }
}

milliseconds WebElement::do_loop(Instant now) {
  open_doors(now);
  milliseconds wait = make_room(now);
  accept(ports_.plain, Transport::plain, now);
  if (tls_ != Tls::off) accept(ports_.encrypted, Transport::encrypted, now);
  for (WebConnection& connection : connections_) wait = std::min(wait, connection.loop(site_, now));
  return wait;
}

WebConnection* WebElement::free_connection() {
  for (WebConnection& connection : connections_) {
    if (connection.state() == WebConnection::State::free) return &connection;
  }
  return nullptr;
}

void WebElement::accept(port::StreamPool& pool, Transport transport, Instant now) {
  WebConnection* const place = free_connection();
  if (place == nullptr) return;
  if (const auto connection = pool.accept()) place->begin(*connection, transport, now);
}

/// The one that has been at the same thing longest gives way when all are in use and another one waits.
/// Returns when to look again.
milliseconds WebElement::make_room(Instant now) {
  const bool wanted = ports_.plain.someone_waits() || (tls_ != Tls::off && ports_.encrypted.someone_waits());
  site_.crowded = wanted && free_connection() == nullptr;
  if (!site_.crowded) return element::idle_wait;
  WebConnection* longest{nullptr};
  for (WebConnection& connection : connections_) {
    const auto since = connection.gives_way_since(now);
    if (since && (longest == nullptr || *since < *longest->gives_way_since(now))) longest = &connection;
  }
  if (longest == nullptr) return http::eviction_grace;
  longest->abort(site_);
  return milliseconds{0};
}

void WebElement::do_stop() {
  for (WebConnection& connection : connections_) connection.abort(site_);
  ports_.plain.close();
  ports_.encrypted.close();
  plain_.open = encrypted_.open = 0;
  ports_.http_advertiser.withdraw();
  ports_.homeding_advertiser.withdraw();
  site_.guard.forget_sessions();
}

void WebElement::log(port::LogLevel level, std::string_view message) {
  site_.board->log(*this, level, message);
}

}  // namespace airlift::web
