#pragma once
// The values of elements as JSON, in pieces: `{"ota/0":{"active":"true",...},...}`. Values may come and go
// between two pieces; what is written stays well-formed all the same: each item is there as a whole or not at
// all, and the cursor knows the element it stopped in.

#include "airlift/element/board.hpp"
#include "airlift/http/text_writer.hpp"
#include "airlift/web/answer.hpp"

namespace airlift::web {

class StateWriter final : public element::ValueSink {
 public:
  StateWriter(http::TextWriter& into, Cursor& cursor) : into_{into}, cursor_{cursor} {}

  /// Goes on with the object of these places; from the cursor's place on, to before `end`. False: there was
  /// no room for all of it, call again with a new piece.
  [[nodiscard]] bool write(Span<const element::Place> places, std::size_t end);

  void value(std::string_view key, std::string_view value) override;

 private:
  [[nodiscard]] bool put(std::string_view text);
  [[nodiscard]] bool write_element(element::Element& element);
  [[nodiscard]] bool keep_item(std::size_t size_before);

  http::TextWriter& into_;
  Cursor& cursor_;
  std::size_t seen_{0};  ///< values of this element
  bool full_{false};
};

}  // namespace airlift::web
