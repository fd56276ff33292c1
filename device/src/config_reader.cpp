#include "config_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace airlift::device {
namespace {

using nlohmann::json;

/// Collects values while nlohmann::json reads. The depth tells what a key means: 1 type, 2 id, 3 property.
class Collector final : public json::json_sax_t {
 public:
  explicit Collector(Config& config) : config_{config} {}

  bool null() override { return add({}); }
  bool boolean(bool value) override { return add(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return add(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return add(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { return add(text); }
  bool string(string_t& text) override { return add(text); }
  bool binary(binary_t&) override { return false; }  // does not occur in JSON text

  bool start_object(std::size_t) override {
    return ++depth_ <= 3 || misplaced("an object where a value is expected");
  }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool start_array(std::size_t) override { return misplaced("a list where none is expected"); }
  bool end_array() override { return true; }

  bool key(string_t& text) override {
    keys_[depth_ - 1] = text;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const json::exception& error) override {
    position_ = position;
    config_.error = ConfigError{0, 0, syntax_reason(error.what())};
    return false;
  }

  /// Bytes read when the syntax error was seen; 0: no syntax error.
  [[nodiscard]] std::size_t error_position() const { return position_; }

 private:
  bool add(const std::string& value) {
    if (depth_ != 3) return misplaced("a value where an element is expected");
    config_.values.push_back({keys_[0], keys_[1], keys_[2], value});
    return true;
  }

  /// Names the place by its keys, as the reader knows no line for what is no syntax error.
  bool misplaced(std::string_view what) {
    std::string place;
    for (std::size_t i = 0; i < std::min<std::size_t>(depth_, 3); ++i) place += (i > 0 ? "/" : "") + keys_[i];
    config_.error = ConfigError{0, 0,
                                std::string{what} + (place.empty() ? "" : " at " + place) +
                                    R"(; the form is { "type": { "id": { "property": value } } })"};
    return false;
  }

  /// nlohmann's words without their prefix, their position and their quotation of the file.
  static std::string syntax_reason(std::string_view what) {
    const std::string_view marker{"syntax error "};
    const auto at = what.find(marker);
    // The only other error is a number out of range, quoted: it may be somebody's password.
    if (at == std::string_view::npos) return "a number is too large";
    what = what.substr(at);
    return std::string{what.substr(0, what.find("; last read"))};
  }

  Config& config_;
  std::size_t depth_{0};
  std::string keys_[3];
  std::size_t position_{0};
};

void locate(ConfigError& error, std::string_view text, std::size_t position) {
  const std::string_view before = text.substr(0, std::min(position, text.size() + 1) - 1);
  const auto line_start = before.rfind('\n');
  error.line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  error.column = before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
}

}  // namespace

Config parse_config(std::string_view text) {
  Config config;
  if (text.size() > longest_config_bytes) {
    config.error = ConfigError{0, 0, "larger than " + std::to_string(longest_config_bytes) + " bytes"};
    return config;
  }
  // nlohmann::json takes it for the end, whatever follows.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    config.error = ConfigError{0, 0, "a NUL byte, which no text has"};
    locate(*config.error, text, nul + 1);
    return config;
  }
  Collector collector{config};
  const bool whole = json::sax_parse(text, &collector);
  if (!whole && !config.error) config.error = ConfigError{0, 0, "not readable"};
  if (config.error && collector.error_position() > 0) locate(*config.error, text, collector.error_position());
  if (config.error) config.values.clear();
  return config;
}

Config read_config(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) {
    if (errno == ENOENT) return {};
    return {{}, ConfigError{0, 0, std::string{"cannot be opened: "} + std::strerror(errno)}};
  }
  std::string text(longest_config_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return {{}, ConfigError{0, 0, "cannot be read"}};
  text.resize(static_cast<std::size_t>(file.gcount()));
  return parse_config(text);
}

std::string to_text(const ConfigError& error, std::string_view file) {
  std::string text{file};
  if (error.line > 0) text += ":" + std::to_string(error.line) + ":" + std::to_string(error.column);
  return text + ": " + error.reason;
}

}  // namespace airlift::device
