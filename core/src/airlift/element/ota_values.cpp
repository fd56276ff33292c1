#include "airlift/element/ota_values.hpp"

#include "airlift/codec/text.hpp"
#include "airlift/element/element.hpp"

namespace airlift::element {
namespace {

using Phase = update::Updater::Phase;
using Number = FixedString<20>;
using Value = FixedString<longest_value_bytes>;
using Key = FixedString<longest_key_bytes>;

std::string_view phase_of(const update::Updater& updater) {
  switch (updater.phase()) {
    case Phase::idle:
    case Phase::failed:
      return "idle";
    case Phase::receiving:
      return "receiving";
    case Phase::draining:
    case Phase::judging:
    case Phase::heading:
    case Phase::committing:
      return "verifying";
    case Phase::done:
      break;
  }
  return updater.starts_next() ? "restarting" : "idle";
}

bool upload_is_on(Phase phase) {
  return phase != Phase::idle && phase != Phase::failed && phase != Phase::done;
}

template <typename Number_>
void number(ValueSink& sink, std::string_view key, Number_ value) {
  sink.value(key, Number{}.append_number(value));
}

/// The version as one word; without one the first digits of the SHA-256, or `-`.
image::VersionText word_for(const image::VersionText& version, const boot::DigestPrefix& digest) {
  constexpr std::size_t shown_digits{8};
  image::VersionText word;
  for (const char& c : version.view())
    word.append(c == ' ' ? std::string_view{"_"} : std::string_view{&c, 1});
  if (!word.empty()) return word;
  if (digest == boot::DigestPrefix{}) return image::VersionText{"-"};
  return image::VersionText{codec::view(codec::to_hex(digest)).substr(0, shown_digits)};
}

Value text_of(const boot::HistoryEntry& entry) {
  Value text;
  text.append_number(entry.time_s).append(" ");
  text.append(entry.kind == image::Kind::firmware ? "firmware" : "filesystem").append(" ");
  text.append(boot::word_for(entry.result)).append(" ").append(describe(entry.cause).name).append(" ");
  text.append(word_for(entry.from_version, entry.from)).append(" ");
  return text.append(word_for(entry.to_version, entry.to)).append(" ").append(entry.source);
}

Value text_of(const boot::SlotInfo& slot) {
  Value text{boot::name_of(slot.state)};
  if (slot.image.empty()) return text;
  text.append(" ").append(word_for(slot.version, {})).append(" ");
  return text.append(codec::view(codec::to_hex(boot::prefix_of(slot.image.sha256))));
}

}  // namespace

void OtaValues::show(ValueSink& sink, const Situation& situation) {
  sink.value("active", element::text_of(situation.accepts_uploads));
  sink.value("mode", name_of(situation.mode));
  sink.value("safemode", element::text_of(situation.safe_mode));
  show_upload(sink);
  sink.value("board", situation.board_id);
  show_firmware(sink);
  show_history(sink);
}

void OtaValues::show_upload(ValueSink& sink) const {
  sink.value("phase", phase_of(updater_));
  if (!upload_is_on(updater_.phase())) return;
  number(sink, "progress", updater_.received_bytes());
  number(sink, "size", updater_.announcement().size_bytes);
  sink.value("source", updater_.announcement().source);
}

void OtaValues::show_firmware(ValueSink& sink) const {
  const boot::BootRecord& record = updater_.store().record();
  const boot::BootRecord::Slots& slots = record.of(image::Kind::firmware);
  if (slots.running() != boot::SlotId::none) {
    const boot::SlotInfo& running = slots.at(slots.running());
    sink.value("version", running.version);
    sink.value("sha256", codec::view(codec::to_hex(running.image.sha256)));
  }
  sink.value("slot", boot::name_of(slots.running()));
  sink.value("trial", record.on_trial() ? "running" : "none");
  number(sink, "capacity", updater_.slot_bytes(image::Kind::firmware));
  sink.value("slot.A", text_of(slots.at(boot::SlotId::a)));
  sink.value("slot.B", text_of(slots.at(boot::SlotId::b)));
}

void OtaValues::show_history(ValueSink& sink) {
  boot::History& history = updater_.history();
  if (history_version_ != history.version()) {
    history_ = history.recent();
    history_version_ = history.version();
  }
  if (history_.count == 0) return;
  const boot::HistoryEntry& last = history_.entries[0];
  sink.value("last", Value{boot::word_for(last.result)}.append(" ").append(describe(last.cause).name));
  sink.value("last.version", last.to_version);
  number(sink, "last.time", last.time_s);
  for (std::size_t i = 0; i < history_.count; ++i) {
    sink.value(Key{"history."}.append_number(i), text_of(history_.entries[i]));
  }
}

}  // namespace airlift::element
