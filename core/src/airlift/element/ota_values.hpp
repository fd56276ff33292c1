#pragma once
// What the ota element shows of itself. docs/design/device-page.md, "Values of the `ota` element".

#include <optional>

#include "airlift/element/start_up.hpp"
#include "airlift/element/value_sink.hpp"
#include "airlift/update/updater.hpp"

namespace airlift::element {

class OtaValues {
 public:
  /// What only the element and its board know.
  struct Situation {
    bool accepts_uploads{false};
    bool safe_mode{true};
    StartMode mode{StartMode::normal};
    std::string_view board_id;
  };

  /// `updater` outlives this.
  explicit OtaValues(update::Updater& updater) : updater_{updater} {}

  void show(ValueSink& sink, const Situation& situation);

 private:
  void show_upload(ValueSink& sink) const;
  void show_firmware(ValueSink& sink) const;
  void show_history(ValueSink& sink);

  update::Updater& updater_;
  boot::RecentUpdates history_;
  std::optional<std::uint32_t> history_version_;  ///< of history_
};

}  // namespace airlift::element
