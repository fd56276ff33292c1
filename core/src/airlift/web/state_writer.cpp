#include "airlift/web/state_writer.hpp"

#include "airlift/http/json.hpp"

namespace airlift::web {

using Part = Cursor::Part;

bool StateWriter::keep_item(std::size_t size_before) {
  if (!into_.overflowed()) return true;
  into_.take_back(size_before);
  full_ = true;
  return false;
}

bool StateWriter::put(std::string_view text) {
  const std::size_t before = into_.size();
  into_.append(text);
  return keep_item(before);
}

void StateWriter::value(std::string_view key, std::string_view value) {
  const bool new_one = seen_++ == cursor_.values;
  if (full_ || !new_one) return;
  const std::size_t before = into_.size();
  http::append_json_field(into_, cursor_.values == 0, key.substr(0, element::longest_key_bytes),
                          value.substr(0, element::longest_value_bytes));
  if (keep_item(before)) ++cursor_.values;
}

bool StateWriter::write_element(element::Element& element) {
  if (cursor_.part == Part::opening) {
    const std::size_t before = into_.size();
    into_.append(cursor_.first ? "" : ",");
    http::append_json_string(into_, element.id());
    into_.append(":{");
    if (!keep_item(before)) return false;
    cursor_.first = false;
    cursor_.values = 0;
    cursor_.part = Part::values;
  }
  seen_ = 0;
  element.values(*this);
  if (full_ || !put("}")) return false;
  cursor_.part = Part::opening;
  return true;
}

bool StateWriter::write(Span<const element::Place> places, std::size_t end) {
  if (cursor_.part == Part::start) {
    if (!put("{")) return false;
    cursor_.first = true;
    cursor_.part = Part::opening;
  }
  for (; cursor_.at < end; ++cursor_.at) {
    element::Element& element = *places[cursor_.at].element;
    if (element.claimed() && !write_element(element)) return false;
  }
  return put("}");
}

}  // namespace airlift::web
