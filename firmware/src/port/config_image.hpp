#pragma once
// The configuration files of a board: in the filesystem image, a tar archive, or built in. They are changed
// by a new filesystem image only.

#include "airlift/boot/flash_map.hpp"
#include "airlift/port/config_store.hpp"

namespace airlift::firmware {

/// In the order in which they are read, as HomeDing does.
inline constexpr std::array<std::string_view, 2> config_file_names{"env.json", "config.json"};

class ConfigImage final : public port::ConfigStore {
 public:
  /// A larger file is an error: no board needs it.
  static constexpr std::size_t longest_file_bytes{8 * 1024};

  /// `flash` outlives this. `built_in`: the env.json for where there is no other; outlives it, too.
  ConfigImage(port::Flash& flash, std::string_view built_in) : flash_{flash}, built_in_{built_in} {}

  /// Of a filesystem image that is whole; without it, there is the built-in file only.
  void open(const boot::Area& archive) { archive_ = archive; }

  /// The file's text with a zero byte behind it, good until the next call of this object, and free to be
  /// spoilt. Outcomes: the text; file_unreadable: there is no such file; bad_configuration: the archive is
  /// none, or the file is too large; flash_read.
  [[nodiscard]] Result<Span<char>> load(std::size_t index);

  [[nodiscard]] std::optional<File> file(std::size_t index) override;
  [[nodiscard]] Result<std::size_t> read(std::string_view name, std::uint32_t offset,
                                         MutableBytes into) override;
  [[nodiscard]] Status begin(std::string_view, std::uint32_t) override { return UpdateError::storage_failed; }
  [[nodiscard]] Status append(Bytes) override { return UpdateError::storage_failed; }
  [[nodiscard]] Status finish() override { return UpdateError::storage_failed; }
  void cancel() override {}
  [[nodiscard]] std::string_view problem() const override { return {}; }
  [[nodiscard]] Status remove(std::string_view) override { return UpdateError::storage_failed; }

 private:
  /// Where a file's bytes are: on the flash, or in the program.
  struct Place {
    boot::Area area;
    std::string_view built_in;
    [[nodiscard]] std::size_t size_bytes() const {
      return built_in.empty() ? area.size_bytes : built_in.size();
    }
  };
  [[nodiscard]] Result<Place> find(std::size_t index);
  [[nodiscard]] Result<Place> find_in_archive(std::string_view name);

  port::Flash& flash_;
  std::string_view built_in_;
  boot::Area archive_;
  std::array<char, longest_file_bytes + 1> text_{};
};

}  // namespace airlift::firmware
