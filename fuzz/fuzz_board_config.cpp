// The configuration files of a bare-metal board: firmware/src/port/config_reader.hpp and config_image.hpp.
// Input: a text, which the board has built in as its env.json.

#include <algorithm>
#include <string>

#include "memory_flash.hpp"
#include "port/config_image.hpp"
#include "port/config_reader.hpp"

using airlift::Span;
using airlift::fuzz::require;
namespace firmware = airlift::firmware;

namespace {

/// Counts values, and the secrets among them that can be read.
class Counter final : public firmware::ConfigVisitor {
 public:
  void take(const firmware::ConfigValue& value) override {
    ++values;
    if (value.property == "passwd" && value.value != "********") ++readable;
  }
  std::size_t values{0};
  std::size_t readable{0};
};

struct Parsed {
  explicit Parsed(std::string text) {
    text.push_back('\0');
    ok = firmware::parse_config({text.data(), text.size()}, counted).status.ok();
  }
  Counter counted;
  bool ok{false};
};

/// As the page gets it; nothing when it is refused.
std::string shown(firmware::ConfigImage& files, std::size_t piece_bytes, bool& readable) {
  std::string text;
  std::vector<std::uint8_t> piece(piece_bytes);
  for (;;) {
    const auto count =
        files.read("env.json", static_cast<std::uint32_t>(text.size()), {piece.data(), piece.size()});
    readable = count.ok();
    if (!count.ok() || count.value() == 0) return text;
    text.append(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(count.value()));
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  const Parsed parsed{text};
  if (text.empty()) return 0;
  airlift::fuzz::MemoryFlash flash{1, 1024};
  firmware::ConfigImage files{flash, text};
  bool readable{false};
  const std::string whole = shown(files, 64 * 1024, readable);
  if (!readable) return 0;
  require(parsed.ok, "what is shown has been understood");
  const Parsed again{whole};
  require(again.ok && again.counted.values == parsed.counted.values, "it reads the same when it is shown");
  require(again.counted.readable == 0, "without its secrets");
  require(shown(files, 7, readable) == whole, "in whatever pieces");
  return 0;
}
