#pragma once
// What the update element shows, noted in run/ for `airlift-device check` and `status`.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "airlift/port/system.hpp"
#include "airlift/pull/update_element.hpp"

namespace airlift::device {

/// The element's values (docs/design/pull.md, "Results and values"), and besides them:
/// `next.time`   in place of `next`: the Unix time of the next check
/// `starts`      of the device; together with `asked` and `checks` it goes on where the run before ended
/// `asked`       how often somebody has asked for a check by CHECK=1
/// `refused`     the name of the error by which the last such was refused; not there when it was taken
class UpdateNote {
 public:
  /// Nothing: there is none, so no update element runs.
  [[nodiscard]] static std::optional<UpdateNote> read(const std::string& run_directory);
  /// Replaces the one that is there. What cannot be written is not shown.
  void write(const std::string& run_directory) const;
  static void remove(const std::string& run_directory);

  void set(std::string_view key, std::string_view value) { values_[std::string{key}] = value; }
  void set(std::string_view key, std::uint64_t value) { set(key, std::string_view{std::to_string(value)}); }
  void drop(std::string_view key) { values_.erase(std::string{key}); }
  /// Empty: it is not there.
  [[nodiscard]] std::string text(std::string_view key) const;
  /// 0: it is not there.
  [[nodiscard]] std::uint64_t number(std::string_view key) const;

  friend bool operator==(const UpdateNote&, const UpdateNote&) = default;

 private:
  std::map<std::string, std::string> values_;
};

/// Keeps the note of a running device up to date.
class UpdateNoteKeeper {
 public:
  /// All outlive it.
  UpdateNoteKeeper(std::string run_directory, pull::UpdateElement& element, port::Calendar& calendar)
      : run_directory_{std::move(run_directory)}, element_{element}, calendar_{calendar} {}

  /// Once the element is configured.
  void begin();
  /// CHECK=1 has come, and the element has said this to it.
  void asked(const Status& answer);
  /// After everything that may have changed the element. Progress alone is noted once a second.
  void look(Instant now);

 private:
  [[nodiscard]] UpdateNote present();

  std::string run_directory_;
  pull::UpdateElement& element_;
  port::Calendar& calendar_;
  UpdateNote before_;  ///< of the run before
  std::uint64_t starts_{1};
  std::uint64_t asked_{0};
  UpdateError refused_{UpdateError::none};
  UpdateNote written_;
  Instant written_at_;
};

}  // namespace airlift::device
