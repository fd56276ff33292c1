// The configuration files.

#include "airlift/http/json.hpp"
#include "airlift/web/handlers.hpp"

namespace airlift::web {
namespace {

/// The number of the file at `path`, whose route has matched.
std::size_t index_of(port::ConfigStore& files, std::string_view path) {
  std::size_t index{0};
  while (path.substr(1) != files.file(index)->name) ++index;
  return index;
}

Filled fill_file(Site& site, Cursor& cursor, http::TextWriter& into) {
  const auto file = site.files.file(cursor.file);
  const auto read = site.files.read(file->name, static_cast<std::uint32_t>(cursor.at), into.room());
  if (!read.ok() || read.value() == 0) return Filled::end;
  into.took(read.value());
  cursor.at += read.value();
  return Filled::more;
}

}  // namespace

void list_files(Call& call) {
  call.text.append("[");
  bool first{true};
  for (std::size_t i = 0; const auto file = call.site.files.file(i); ++i) {
    if (!file->there) continue;
    call.text.append(first ? "" : ",");
    first = false;
    http::JsonObject{call.text}
        .field("type", "file")
        .field("name", FixedString<64>{"/"}.append(file->name))
        .field("size", FixedString<10>{}.append_number(file->size_bytes))
        .end();
  }
  call.text.append("]");
}

void send_file(Call& call) {
  Answer& answer = call.answer;
  answer.cursor.file = index_of(call.site.files, call.request.path);
  // A first look, while the status can still tell that there is nothing to be had.
  std::array<std::uint8_t, 1> first{};
  const auto name = call.site.files.file(answer.cursor.file)->name;
  const auto read = call.site.files.read(name, 0, first);
  if (!read.ok()) return refuse(call, refusal_of(read.error()));
  answer.fill = fill_file;
}

/// All its bytes are in the store.
void take_file(Call& call) {
  port::ConfigStore& files = call.site.files;
  if (const Status kept = files.finish(); !kept.ok()) {
    const bool wrong = kept.error() == UpdateError::bad_configuration;
    return refuse(call, refusal_of(kept.error()), wrong ? files.problem() : std::string_view{});
  }
  http::JsonObject{call.text}.field("restart", "needed").end();
}

void remove_file(Call& call) {
  const std::size_t index = index_of(call.site.files, call.request.path);
  const Status removed = call.site.files.remove(call.site.files.file(index)->name);
  if (!removed.ok()) return refuse(call, refusal_of(removed.error()));
  http::JsonObject{call.text}.field("restart", "needed").end();
}

}  // namespace airlift::web
