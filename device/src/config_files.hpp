#pragma once
// The configuration directory as the device's page sees it. A changed file is on trial until the device has
// run well with it: until then the one before is kept as FILE.previous, and comes back when it has not.

#include <array>
#include <optional>
#include <string>

#include "airlift/port/config_store.hpp"
#include "airlift/port/system.hpp"

namespace airlift::device {

/// In the order in which they are read, as HomeDing does.
inline constexpr std::array<std::string_view, 2> config_file_names{"env.json", "config.json"};

class ConfigFiles final : public port::ConfigStore {
 public:
  /// `log` outlives this and is told what the directory does not let us do, and what comes back.
  ConfigFiles(std::string directory, port::Log& log) : directory_{std::move(directory)}, log_{log} {}

  enum class LastRun : std::uint8_t { good, bad };
  /// At the start of the device, before the files are read for it. Puts back what was there before when a
  /// change is on trial and the last run was bad, or a file cannot be understood.
  void begin_run(LastRun last_run);
  /// The device has run well with what it was started with: that counts for good.
  void ran_well();

  [[nodiscard]] std::optional<File> file(std::size_t index) override;
  /// Passwords are the values named `passwd`.
  [[nodiscard]] Result<std::size_t> read(std::string_view name, std::uint32_t offset,
                                         MutableBytes into) override;
  [[nodiscard]] Status begin(std::string_view name, std::uint32_t size_bytes) override;
  [[nodiscard]] Status append(Bytes bytes) override;
  [[nodiscard]] Status finish() override;
  void cancel() override;
  [[nodiscard]] std::string_view problem() const override { return problem_; }
  [[nodiscard]] Status remove(std::string_view name) override;

 private:
  struct Change {
    bool on_trial{false};  ///< this run has been started with it
    bool made{false};      ///< in this run: it counts from the next one on
  };

  [[nodiscard]] std::string path_of(std::size_t index) const;
  [[nodiscard]] std::string previous_path_of(std::size_t index) const;
  [[nodiscard]] bool all_readable() const;
  void put_back(std::size_t index);
  [[nodiscard]] Status keep_previous(std::size_t index);
  [[nodiscard]] Status refuse(std::string problem);
  [[nodiscard]] Status storage_failure(const std::string& path);

  std::string directory_;
  port::Log& log_;
  std::array<Change, config_file_names.size()> changes_{};
  std::optional<std::size_t> taking_;  ///< index of the file that is being sent
  std::string text_;                   ///< of it, what has come
  std::string problem_;
};

}  // namespace airlift::device
