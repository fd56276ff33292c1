#include "port/config_reader.hpp"

#include <algorithm>

// What it would take from a heap is not there; reading in place takes nothing.
#define RAPIDJSON_NEW(...) nullptr
#define RAPIDJSON_DELETE(...)
#include <rapidjson/reader.h>

namespace airlift::firmware {
namespace {

namespace json = rapidjson;

// NOLINTBEGIN(readability-identifier-naming): RapidJSON's names

/// For the reader's stack, which reading in place does not use.
struct NoAllocator {
  void* Malloc(std::size_t) { return nullptr; }
  void* Realloc(void*, std::size_t, std::size_t) { return nullptr; }
  static void Free(void*) {}
};

/// The depth tells what a key means: 1 type, 2 id, 3 property. False ends the reading.
class Collector {
 public:
  explicit Collector(ConfigVisitor& visitor) : visitor_{visitor} {}

  bool Null() { return add({}); }
  bool Bool(bool value) { return add(value ? "true" : "false"); }
  bool Int(int) { return false; }  // numbers come as texts
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }
  bool RawNumber(const char* text, json::SizeType size, bool) { return add({text, size}); }
  bool String(const char* text, json::SizeType size, bool) { return add({text, size}); }
  bool StartObject() { return ++depth_ <= keys_.size(); }
  bool Key(const char* text, json::SizeType size, bool) {
    keys_[depth_ - 1] = {text, size};
    return true;
  }
  bool EndObject(json::SizeType) {
    --depth_;
    return true;
  }
  bool StartArray() { return false; }
  bool EndArray(json::SizeType) { return false; }

  // NOLINTEND(readability-identifier-naming)

 private:
  bool add(std::string_view value) {
    if (depth_ != keys_.size()) return false;
    visitor_.take({keys_[0], keys_[1], keys_[2], value});
    return true;
  }

  ConfigVisitor& visitor_;
  std::array<std::string_view, 3> keys_{};
  std::size_t depth_{0};
};

}  // namespace

ConfigReading parse_config(Span<char> text, ConfigVisitor& visitor) {
  const char* const end = text.end() - 1;
  // For RapidJSON it is the end, whatever follows.
  const char* const nul = std::find(text.begin(), text.end(), '\0');
  if (nul != end) return {UpdateError::bad_configuration, static_cast<std::size_t>(nul - text.begin())};
  constexpr unsigned flags{json::kParseInsituFlag | json::kParseNumbersAsStringsFlag |
                           json::kParseValidateEncodingFlag};
  NoAllocator none;
  json::GenericReader<json::UTF8<>, json::UTF8<>, NoAllocator> reader{&none, 0};
  json::InsituStringStream stream{text.data()};
  Collector collector{visitor};
  const json::ParseResult result = reader.Parse<flags>(stream, collector);
  if (result.IsError()) return {UpdateError::bad_configuration, result.Offset()};
  return {{}, 0};
}

}  // namespace airlift::firmware
