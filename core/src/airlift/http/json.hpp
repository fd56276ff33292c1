#pragma once
// JSON as the page's API writes it: flat, all values are strings (RFC 8259).

#include "airlift/http/text_writer.hpp"

namespace airlift::http {

/// `text` as a JSON string with its quotes. What is not valid UTF-8, and each control character but tab and
/// line feed, becomes a `?`: such text is damaged anyway, and a character never takes more than two.
void append_json_string(TextWriter& into, std::string_view text);

/// `"name":"value"`, with a comma before it unless it is the first.
void append_json_field(TextWriter& into, bool first, std::string_view name, std::string_view value);

/// Writes one object with everything between the braces given in pairs.
class JsonObject {
 public:
  explicit JsonObject(TextWriter& into) : into_{into} { into_.append("{"); }

  JsonObject& field(std::string_view name, std::string_view value) {
    append_json_field(into_, first_, name, value);
    first_ = false;
    return *this;
  }
  void end() { into_.append("}"); }

 private:
  TextWriter& into_;
  bool first_{true};
};

}  // namespace airlift::http
