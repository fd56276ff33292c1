#include "airlift/wire/device_status.hpp"

#include <limits>

#include "airlift/codec/text.hpp"

namespace airlift::wire {
namespace {

constexpr std::string_view nothing{"-"};
constexpr std::string_view on_trial_word{"running"};

StatusText& begin_line(StatusText& text, std::string_view prefix, std::string_view key) {
  return text.append(prefix).append(key).append("=");
}

template <std::size_t Capacity>
void write_text(StatusText& text, std::string_view key, const FixedString<Capacity>& value) {
  if (value.empty()) return;
  begin_line(text, "", key).append(codec::printable<Capacity>(value)).append("\n");
}

void write_number(StatusText& text, std::string_view prefix, std::string_view key, std::uint32_t value) {
  begin_line(text, prefix, key).append_number(value).append("\n");
}

/// For what stands between blanks.
FixedString<11> word(std::string_view value) {
  if (value.empty()) return nothing;
  FixedString<11> result;
  for (const char c : value) result.append(c == ' ' ? "?" : codec::printable<1>({&c, 1}).view());
  return result;
}

void write_slot(StatusText& text, std::string_view prefix, std::string_view key, const SlotStatus& slot) {
  if (slot.state.empty()) return;
  begin_line(text, prefix, key).append(word(slot.state)).append(" ");
  text.append_number(number_of(slot.reason)).append(" ");
  text.append(slot.sha256 ? codec::view(codec::to_hex(*slot.sha256)) : nothing).append(" ");
  const auto version = codec::printable<StatusVersion::capacity()>(slot.version);
  text.append(version.empty() ? nothing : version.view()).append("\n");
}

void write_kind(StatusText& text, std::string_view prefix, const KindStatus& kind) {
  if (kind.running == 'A' || kind.running == 'B') {
    begin_line(text, prefix, "running").append({&kind.running, 1}).append("\n");
  }
  if (kind.capacity_bytes != 0) write_number(text, prefix, "capacity", kind.capacity_bytes);
  write_slot(text, prefix, "A", kind.slots[0]);
  write_slot(text, prefix, "B", kind.slots[1]);
}

void write_update(StatusText& text, const LastUpdate& update) {
  if (update.number == 0) return;
  begin_line(text, "", "update").append_number(update.number).append(" ");
  text.append(word(update.result)).append(" ").append_number(number_of(update.cause)).append(" ");
  text.append(codec::view(codec::to_hex(update.image_prefix))).append("\n");
}

// Reading: a value that cannot be read leaves what is there.

template <std::size_t Capacity>
bool read_text(std::string_view value, FixedString<Capacity>& into) {
  if (value.size() > Capacity) return false;
  into = codec::printable<Capacity>(value);
  return true;
}

template <typename Number>
bool read_number(std::string_view value, Number& into) {
  const auto number = codec::parse_number(value, std::numeric_limits<Number>::max());
  if (number) into = static_cast<Number>(*number);
  return number.has_value();
}

bool read_error(std::string_view value, UpdateError& into) {
  std::uint8_t number{0};
  if (!read_number(value, number)) return false;
  into = static_cast<UpdateError>(number);
  return true;
}

bool read_digest(std::string_view value, std::optional<crypto::Sha256Digest>& into) {
  if (value == nothing) return true;
  return codec::from_hex(value, into.emplace());
}

void read_slot(std::string_view value, SlotStatus& into) {
  SlotStatus slot;
  if (!read_text(codec::take_until(value, ' '), slot.state) ||
      !read_error(codec::take_until(value, ' '), slot.reason) ||
      !read_digest(codec::take_until(value, ' '), slot.sha256) ||
      !read_text(value == nothing ? "" : value, slot.version)) {
    return;
  }
  into = slot;
}

void read_kind(std::string_view key, std::string_view value, KindStatus& into) {
  if (key == "running" && (value == "A" || value == "B")) into.running = value[0];
  if (key == "capacity") (void)read_number(value, into.capacity_bytes);
  if (key == "A") read_slot(value, into.slots[0]);
  if (key == "B") read_slot(value, into.slots[1]);
}

void read_update(std::string_view value, LastUpdate& into) {
  LastUpdate update;
  if (!read_number(codec::take_until(value, ' '), update.number) ||
      !read_text(codec::take_until(value, ' '), update.result) ||
      !read_error(codec::take_until(value, ' '), update.cause) ||
      !codec::from_hex(value, update.image_prefix)) {
    return;
  }
  into = update;
}

void read_boot_id(std::string_view value, DeviceStatus& into) {
  decltype(into.boot_id) boot_id{};
  if (codec::from_hex(value, boot_id)) into.boot_id = boot_id;
}

void read_plain(std::string_view key, std::string_view value, DeviceStatus& into) {
  if (key == "name") (void)read_text(value, into.name);
  if (key == "board") (void)read_text(value, into.board);
  if (key == "boot") read_boot_id(value, into);
  if (key == "trial") into.on_trial = value == on_trial_word;
  if (key == "update") read_update(value, into.update);
}

void read_trial(std::string_view key, std::string_view value, DeviceStatus& into) {
  if (key == "period_s") (void)read_number(value, into.trial_period_s);
  if (key == "attempts") (void)read_number(value, into.trial_attempts);
  if (key == "used") (void)read_number(value, into.trial_used);
}

void read_line(std::string_view line, DeviceStatus& into) {
  std::string_view key = codec::take_until(line, '=');
  if (key.find('.') == std::string_view::npos) return read_plain(key, line, into);
  const std::string_view group = codec::take_until(key, '.');
  if (group == "trial") read_trial(key, line, into);
  if (group == "firmware") read_kind(key, line, into.firmware);
  if (group == "filesystem") read_kind(key, line, into.filesystem);
}

}  // namespace

StatusText format_status(const DeviceStatus& status) {
  StatusText text;
  write_text(text, "name", status.name);
  write_text(text, "board", status.board);
  begin_line(text, "", "boot").append(codec::view(codec::to_hex(status.boot_id))).append("\n");
  begin_line(text, "", "trial").append(status.on_trial ? on_trial_word : "none").append("\n");
  write_number(text, "trial.", "period_s", status.trial_period_s);
  write_number(text, "trial.", "attempts", status.trial_attempts);
  write_number(text, "trial.", "used", status.trial_used);
  write_kind(text, "firmware.", status.firmware);
  write_kind(text, "filesystem.", status.filesystem);
  write_update(text, status.update);
  return text;
}

DeviceStatus parse_status(std::string_view text) {
  DeviceStatus status;
  while (!text.empty()) read_line(codec::take_until(text, '\n'), status);
  return status;
}

}  // namespace airlift::wire
