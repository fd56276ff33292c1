#pragma once
// Files that change as a whole: whoever reads one finds the old text or the new one.

#include <string>
#include <string_view>

namespace airlift::posix {

enum class Lasting : bool {
  while_running,  ///< of this computer: a power cut may leave an empty file
  over_power_cut,
};

/// Writes `text` beside the file and puts it in its place, readable and writable for its owner only; when the
/// file is there already its owner stays, as far as this process may give files away. False, with errno, when
/// that cannot be done: the old file is untouched then.
[[nodiscard]] bool replace_file(const std::string& path, std::string_view text,
                                Lasting lasting = Lasting::over_power_cut);

/// False, with errno, when there is no file to take away or it cannot be taken away.
[[nodiscard]] bool remove_file(const std::string& path);

}  // namespace airlift::posix
