#pragma once
// An element: one function of a device, configured by text and given time by the board.
// docs/design/elements.md.

#include <optional>
#include <string_view>

#include "airlift/base/fixed_string.hpp"
#include "airlift/base/time.hpp"
#include "airlift/element/value_sink.hpp"
#include "airlift/port/system.hpp"

namespace airlift::element {

class Board;

/// When an element is started; HomeDing's property `startup`.
enum class StartUp : std::uint8_t { sys, net, time };

/// What an element without deadlines answers to loop().
inline constexpr milliseconds idle_wait{1000};

enum class SetResult : std::uint8_t {
  ok,
  unknown_property,
  bad_value,  ///< the property keeps its value
};

using ElementId = FixedString<48>;   ///< "ota/0"
using LabelText = FixedString<128>;  ///< title, description, room

/// The form in which booleans are shown.
[[nodiscard]] constexpr std::string_view text_of(bool value) {
  return value ? "true" : "false";
}

class Element {
 public:
  explicit Element(StartUp start_up = StartUp::net) : start_up_{start_up} {}
  virtual ~Element() = default;
  Element(const Element&) = delete;
  Element& operator=(const Element&) = delete;

  /// Takes the common properties (title, description, room, loglevel, startup); hands the others on.
  /// `property` is compared without regard to case.
  [[nodiscard]] SetResult set(std::string_view property, std::string_view value);

  /// From the board, once its phase has come.
  void start(Board& board, Instant now) {
    active_ = true;
    do_start(board, now);
  }
  /// Called again and again while active. Returns at once, and says how long the board may wait for the next
  /// call when nothing arrives meanwhile: 0 when there is more to do.
  [[nodiscard]] milliseconds loop(Instant now) { return do_loop(now); }
  /// Gives back what start() took. Harmless when not active.
  void stop() {
    if (active_) do_stop();
    active_ = false;
  }

  /// Hands all values the element shows to `sink`, in an order that stays. Several calls may serve one
  /// answer, so it must be quick.
  void values(ValueSink& sink) { do_values(sink); }
  /// Does what somebody asks for by name, as HomeDing's `/api/state/<type>/<id>?<name>=<value>`; the caller
  /// has made sure that he may.
  [[nodiscard]] SetResult act(std::string_view name, std::string_view value) { return do_act(name, value); }

  [[nodiscard]] std::string_view id() const { return id_; }
  [[nodiscard]] bool active() const { return active_; }
  [[nodiscard]] StartUp start_up() const { return start_up_; }
  /// Nothing: the device's.
  [[nodiscard]] std::optional<port::LogLevel> log_level() const { return log_level_; }
  [[nodiscard]] std::string_view title() const { return title_; }
  [[nodiscard]] std::string_view description() const { return description_; }
  [[nodiscard]] std::string_view room() const { return room_; }

  /// From the board: this place now is `id`, because the configuration or the board itself wants it.
  void claim(std::string_view id, bool configured) {
    id_ = ElementId{id};
    configured_ = configured;
  }
  [[nodiscard]] bool claimed() const { return !id_.empty(); }
  /// True when a configuration file names this element.
  [[nodiscard]] bool configured() const { return configured_; }
  /// Whether nobody can change anything through this element without its password.
  [[nodiscard]] virtual bool has_password() const { return false; }
  /// Whether a planned restart would break what is under way here.
  [[nodiscard]] virtual bool busy() const { return false; }

 private:
  [[nodiscard]] virtual SetResult do_set(std::string_view property, std::string_view value) = 0;
  virtual void do_start(Board& board, Instant now) = 0;
  [[nodiscard]] virtual milliseconds do_loop(Instant now) = 0;
  virtual void do_stop() = 0;
  virtual void do_values(ValueSink& sink) { sink.value("active", text_of(active_)); }
  [[nodiscard]] virtual SetResult do_act(std::string_view /*name*/, std::string_view /*value*/) {
    return SetResult::unknown_property;
  }

  ElementId id_;
  LabelText title_;
  LabelText description_;
  LabelText room_;
  StartUp start_up_;
  std::optional<port::LogLevel> log_level_;
  bool active_{false};
  bool configured_{false};
};

/// HomeDing's booleans: true/1/yes/on and false/0/no/off, in any case. False when `value` is none of them.
[[nodiscard]] bool parse_bool(std::string_view value, bool& into);

/// HomeDing's times: `hh:mm`, `hh:mm:ss`, or a number of seconds, also with the unit `s`, `m`, `h` or `d`
/// behind it. Nothing for anything else, or for more than a year.
[[nodiscard]] std::optional<seconds> parse_time(std::string_view value);

}  // namespace airlift::element
