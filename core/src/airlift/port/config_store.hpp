#pragma once
// The configuration files: few, small, each with a fixed name. docs/design/device-page.md, "Routes".

#include <optional>
#include <string_view>

#include "airlift/base/span.hpp"
#include "airlift/base/status.hpp"

namespace airlift::port {

class ConfigStore {
 public:
  virtual ~ConfigStore() = default;

  struct File {
    std::string_view name;  ///< "env.json"; a constant
    bool there{false};
    std::uint32_t size_bytes{0};
  };
  /// All names there can be, in a fixed order; nothing from the last one on.
  [[nodiscard]] virtual std::optional<File> file(std::size_t index) = 0;

  /// Reads the text from `offset` on, as it may be shown: each value that is a secret reads `********`.
  /// Outcomes: how many bytes, 0 at the end; file_unreadable: there is none, or it cannot be understood and
  /// so not be shown.
  [[nodiscard]] virtual Result<std::size_t> read(std::string_view name, std::uint32_t offset,
                                                 MutableBytes into) = 0;

  /// Begins to take a new text for the file; what was begun before is forgotten. Outcomes: ok; too_long: more
  /// than the store takes; file_unreadable: no file has this name; storage_failed.
  [[nodiscard]] virtual Status begin(std::string_view name, std::uint32_t size_bytes) = 0;
  /// Only after begin(), never more bytes in all than it was told. Outcomes: ok; storage_failed.
  [[nodiscard]] virtual Status append(Bytes bytes) = 0;
  /// Judges what has come, and makes it the file; a secret that reads `********` keeps its value. It counts
  /// from the next start on, and the old file comes back when the device does not run well with it. Outcomes:
  /// ok; bad_configuration: problem() tells, nothing has changed; storage_failed.
  [[nodiscard]] virtual Status finish() = 0;
  /// Forgets what was begun. Harmless when nothing was.
  virtual void cancel() = 0;
  /// After bad_configuration: what is wrong and where, for people, without a secret.
  [[nodiscard]] virtual std::string_view problem() const = 0;

  /// Takes the file away, from the next start on; it comes back as after finish(). Outcomes: ok;
  /// file_unreadable: there is none; storage_failed.
  [[nodiscard]] virtual Status remove(std::string_view name) = 0;
};

}  // namespace airlift::port
