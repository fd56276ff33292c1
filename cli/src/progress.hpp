#pragma once
// Progress as text. Figures in, a line out; nothing here prints.

#include <cstdint>
#include <string>

#include "airlift/base/time.hpp"

namespace airlift::cli {

/// "512 bytes", "14.2 KiB", "1.0 MiB"
[[nodiscard]] std::string size_text(double bytes);
/// "0.41 s", "12.3 s", "2:05 min"
[[nodiscard]] std::string duration_text(milliseconds duration);

struct Progress {
  std::uint32_t sent_bytes{0};
  std::uint32_t size_bytes{0};  ///< not 0
  milliseconds elapsed{0};      ///< since the first byte

  /// 0 to 100, rounded down: 100 means all.
  [[nodiscard]] unsigned percent() const;
};

/// ` 42 % [=======>        ] 430.0 KiB of 1.0 MiB, 1.2 MiB/s, 3 s left`, at most `columns` wide.
[[nodiscard]] std::string progress_bar(const Progress& progress, int columns);
/// The same without the bar, for logs.
[[nodiscard]] std::string progress_text(const Progress& progress);

}  // namespace airlift::cli
