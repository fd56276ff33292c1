#include "update_note.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>

#include "airlift/codec/text.hpp"
#include "airlift_posix/replace_file.hpp"

namespace airlift::device {
namespace {

constexpr std::array<std::string_view, 3> lasting{"last", "last.time", "last.version"};
constexpr seconds progress_interval{1};
constexpr std::uint64_t noticeable_s{5};  // how much the time of the next check must have moved

std::string note_path_in(const std::string& run_directory) {
  return run_directory + "/update";
}

class NoteSink final : public element::ValueSink {
 public:
  explicit NoteSink(UpdateNote& note) : note_{note} {}
  void value(std::string_view key, std::string_view value) override { note_.set(key, value); }

 private:
  UpdateNote& note_;
};

/// Whether they tell the same but for what changes all the time.
bool alike(UpdateNote a, UpdateNote b) {
  const std::uint64_t next_a = a.number("next.time");
  const std::uint64_t next_b = b.number("next.time");
  const bool same_next = next_a == 0 || next_b == 0
                             ? next_a == next_b
                             : std::max(next_a, next_b) - std::min(next_a, next_b) < noticeable_s;
  for (UpdateNote* const note : {&a, &b}) {
    note->drop("next.time");
    note->drop("progress");
  }
  return same_next && a == b;
}

}  // namespace

std::optional<UpdateNote> UpdateNote::read(const std::string& run_directory) {
  std::ifstream file{note_path_in(run_directory)};
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  UpdateNote note;
  for (const auto& [key, value] : json.items()) {
    if (value.is_string()) note.set(key, std::string_view{value.get_ref<const std::string&>()});
  }
  return note;
}

void UpdateNote::write(const std::string& run_directory) const {
  const std::string text =
      nlohmann::json(values_).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  // Each state of a check is noted: a disk would be worn for nothing.
  [[maybe_unused]] const bool noted =
      posix::replace_file(note_path_in(run_directory), text, posix::Lasting::while_running);
}

void UpdateNote::remove(const std::string& run_directory) {
  [[maybe_unused]] const bool removed = posix::remove_file(note_path_in(run_directory));
}

std::string UpdateNote::text(std::string_view key) const {
  const auto found = values_.find(std::string{key});
  return found == values_.end() ? std::string{} : found->second;
}

std::uint64_t UpdateNote::number(std::string_view key) const {
  return codec::parse_long_number(text(key)).value_or(0);
}

void UpdateNoteKeeper::begin() {
  before_ = UpdateNote::read(run_directory_).value_or(UpdateNote{});
  starts_ = before_.number("starts") + 1;
  asked_ = before_.number("asked");
  if (!element_.claimed()) UpdateNote::remove(run_directory_);
}

void UpdateNoteKeeper::asked(const Status& answer) {
  ++asked_;
  refused_ = answer.error();
}

void UpdateNoteKeeper::look(Instant now) {
  if (!element_.claimed()) return;
  UpdateNote note = present();
  const bool progress_due =
      note.text("progress") != written_.text("progress") && now - written_at_ >= progress_interval;
  if (alike(note, written_) && !progress_due) return;
  note.write(run_directory_);
  written_ = std::move(note);
  written_at_ = now;
}

UpdateNote UpdateNoteKeeper::present() {
  UpdateNote note;
  NoteSink sink{note};
  element_.values(sink);
  if (element_.checks() == 0) {
    for (const std::string_view key : lasting) {
      if (const std::string value = before_.text(key); !value.empty()) note.set(key, std::string_view{value});
    }
  }
  const std::uint64_t now_s = calendar_.unix_seconds();
  if (!note.text("next").empty() && now_s != 0) note.set("next.time", now_s + note.number("next"));
  note.drop("next");
  note.set("checks", before_.number("checks") + element_.checks());
  note.set("starts", starts_);
  note.set("asked", asked_);
  if (refused_ != UpdateError::none) note.set("refused", describe(refused_).name);
  return note;
}

}  // namespace airlift::device
