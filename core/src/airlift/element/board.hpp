#pragma once
// The board: start-up phases, and the elements' turn. docs/design/elements.md.

#include "airlift/element/device_element.hpp"
#include "airlift/element/registry.hpp"
#include "airlift/element/start_up.hpp"

namespace airlift::element {

/// One value of the configuration. The texts need to live only during the call.
struct Setting {
  std::string_view file;  ///< where it stands, for warnings: "config.json"
  std::string_view type;
  std::string_view id;
  std::string_view property;
  std::string_view value;
};

class Board {
 public:
  enum class Phase : std::uint8_t {
    configuring,  ///< start() ends it
    sys,          ///< network_is_up() ends it
    net,          ///< time_is_known() ends it
    time,         ///< all elements run; stop() ends it
    stopped,      ///< final
  };

  /// All outlive the board; `device` is also in the registry, as "device".
  Board(ElementRegistry& registry, DeviceElement& device, port::Log& log, port::System& system)
      : registry_{registry}, device_{device}, log_{log}, system_{system} {}

  /// Before set(): StartCounter's resets(). Never told: the start before was in order.
  void set_resets(std::uint8_t in_a_row) { by_resets_ = start_mode(resets_ = in_a_row); }
  /// Before set(): a configuration file could not be read. Bare mode follows.
  void enter_bare_mode() { file_unreadable_ = true; }

  /// Only in `configuring`. What cannot be applied is logged as a warning that names file, element and
  /// property, and passed over. Values never appear in the log: one may be a password.
  void set(const Setting& setting);

  /// Claims the elements that need no configuration and starts those of phase `sys`.
  void start(Instant now);
  /// Starts the elements of their phase, and of earlier ones; out of order or repeated calls do nothing.
  void network_is_up(Instant now);
  void time_is_known(Instant now);

  /// Gives every active element its turn. Returns how long the caller may wait for input before the next
  /// call.
  [[nodiscard]] milliseconds loop(Instant now);
  /// Stops all elements, in the reverse order of their places.
  void stop();

  [[nodiscard]] Phase phase() const { return phase_; }
  [[nodiscard]] StartMode mode() const { return file_unreadable_ ? StartMode::bare : by_resets_; }
  [[nodiscard]] const DeviceElement& device() const { return device_; }
  [[nodiscard]] Span<const Place> places() const { return registry_.places(); }

  /// Whether `element` must refuse every update and change. The one rule for every way in; its table:
  /// docs/design/elements.md, "Safe mode".
  [[nodiscard]] bool safe_mode_for(const Element& element) const;

  /// Whether a planned restart has to wait for some element.
  [[nodiscard]] bool busy() const;

  /// Logs in the name of `element`, when its log level lets the message pass.
  void log(const Element& element, port::LogLevel level, std::string_view message);

  /// Asks the system to restart, once this turn of loop() is over.
  void request_reboot() { reboot_requested_ = true; }

 private:
  [[nodiscard]] Element* find_or_claim(const Setting& setting);
  void warn(const Setting& setting, std::string_view reason);
  void log_mode();
  void start_elements(StartUp up_to, Instant now);

  ElementRegistry& registry_;
  DeviceElement& device_;
  port::Log& log_;
  port::System& system_;
  Phase phase_{Phase::configuring};
  std::uint8_t resets_{1};
  StartMode by_resets_{StartMode::normal};
  bool file_unreadable_{false};
  bool reboot_requested_{false};
};

}  // namespace airlift::element
