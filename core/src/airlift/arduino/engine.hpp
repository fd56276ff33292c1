#pragma once
// The elements of one sketch, put together, and what its callbacks are to be told. docs/design/arduino.md.

#include "airlift/arduino/built_in_keys.hpp"
#include "airlift/arduino/sketch_board.hpp"
#include "airlift/arduino/sketch_event.hpp"
#include "airlift/element/board.hpp"
#include "airlift/element/ota_element.hpp"

namespace airlift::arduino {

class Engine final : private element::UploadObserver, private port::System {
 public:
  /// What the device has to do for it once the callbacks have run.
  enum class Restart : std::uint8_t {
    none,
    into_update,  ///< an image has been installed
    needed,       ///< what runs must not go on: a trial has failed, another image is to run
  };

  /// `board` has been opened, and outlives the engine.
  explicit Engine(SketchBoard& board);

  // Before start().

  /// A property of the element `ota` or `device`. Outcomes: as Element::set().
  [[nodiscard]] element::SetResult set(std::string_view type, std::string_view property,
                                       std::string_view value);
  /// Trusts a key, and requires signatures from now on. Outcomes: as BuiltInKeys::add().
  [[nodiscard]] Status add_key(Bytes key);

  /// One element more, which outlives the engine. False: there is no room.
  [[nodiscard]] bool add(std::string_view type, element::Element& element) {
    return registry_.add(type, element, element::Presence::always);
  }
  [[nodiscard]] element::OtaElement& ota() { return ota_; }
  [[nodiscard]] update::Updater& updater() { return updater_; }

  /// Settles what runs, and begins to listen.
  void start(Instant now);
  void stop();
  /// What somebody asks an element for by name. Outcomes: as Element::act(); unknown_property: also when
  /// there is no such element.
  [[nodiscard]] element::SetResult act(std::string_view type, std::string_view name);

  /// One turn: at most one sector's work.
  void loop(Instant now);
  /// What has happened in it, in order.
  [[nodiscard]] std::optional<SketchEvent> next_event();
  /// What is due, once: the next call gives `none`.
  [[nodiscard]] Restart take_restart();

  /// The running image works. Outcomes: as Trial::confirm().
  [[nodiscard]] Status confirm();
  [[nodiscard]] bool on_trial() const { return trial_.state() == element::Trial::State::running; }
  [[nodiscard]] bool upload_running() const { return upload_on_; }
  /// Of the last upload that failed, was refused, or of the start.
  [[nodiscard]] UpdateError last_error() const { return last_error_; }
  /// Of the device, as the sketch or the board named it.
  [[nodiscard]] element::DeviceName name() const { return device_.name(); }
  [[nodiscard]] image::Kind kind() const { return updater_.announcement().kind; }
  [[nodiscard]] const boot::BootRecord& record() const { return store_.record(); }

 private:
  void upload_begun() override;
  void upload_ended(UpdateError error) override;
  void upload_refused(UpdateError error) override;
  void reboot() override;

  void settle(Instant now);
  void watch_trial(Instant now);
  void note_progress();
  void push(SketchEvent::Kind kind, OtaError error = OtaError::end);

  static constexpr std::size_t block_bytes{4096};  ///< a sector of both boards' flash
  /// One turn gives at most four: a failure, a start, a progress, an end.
  static constexpr std::size_t most_events{6};

  SketchBoard& board_;
  alignas(4) std::array<std::uint8_t, block_bytes> block_{};
  crypto::Sha2 long_digest_{crypto::DigestKind::sha512};
  boot::SlotStore store_;
  boot::History history_;
  update::Updater updater_;
  BuiltInKeys keys_;
  element::ElementRegistry registry_;
  element::DeviceElement device_;
  element::OtaElement ota_;
  element::Board elements_;
  element::Trial trial_;
  std::array<SketchEvent, most_events> events_{};
  std::size_t event_count_{0};
  bool upload_on_{false};
  std::uint32_t told_bytes_{0};
  UpdateError last_error_{UpdateError::none};
  Restart restart_{Restart::none};
};

}  // namespace airlift::arduino
