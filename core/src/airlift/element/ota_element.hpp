#pragma once
// `ota/<id>`: HomeDing's OTA element. Listens for invitations, lets the standard Arduino tools and Airlift's
// own upload, and asks for a restart into what they brought. docs/design/upload-protocol.md,
// docs/configuration.md.

#include "airlift/element/device_element.hpp"
#include "airlift/element/direct_upload.hpp"
#include "airlift/element/extension_session.hpp"
#include "airlift/element/invitation_desk.hpp"
#include "airlift/element/ota_values.hpp"
#include "airlift/element/update_settings.hpp"
#include "airlift/element/upload_observer.hpp"
#include "airlift/element/upload_session.hpp"
#include "airlift/port/advertiser.hpp"

namespace airlift::element {

class OtaElement final : public Element {
 public:
  /// Whether streams can encrypt here.
  enum class Tls : std::uint8_t { unavailable, available };

  /// What the element needs of the board it runs on. All outlive it.
  struct Ports {
    port::DatagramSocket& socket;
    port::Stream& stream;
    port::Advertiser& advertiser;
    port::Entropy& entropy;
    port::Calendar& calendar;
    KeySource& keys;
    // of the extension:
    port::Stream& extension_stream;
    port::Listener& listener;  ///< into extension_stream
    MutableBytes
        transfer_memory;  ///< of compressed transfers, transfer_memory_bytes; empty: they are not taken
    Tls tls{Tls::unavailable};
  };

  /// `board_id` names the hardware in the `board` TXT record and lives as long as the element.
  OtaElement(const Ports& ports, update::Updater& updater, std::string_view board_id);

  /// What the configuration asked for.
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool has_password() const override { return access_.has_password(); }
  /// `extension` or `encryption` is `required`: nothing may come in by an unprotected way.
  [[nodiscard]] bool requires_protection() const {
    return access_.extension() == AccessSettings::Use::required;
  }
  /// Also while an upload is paused, and while an image is on trial.
  [[nodiscard]] bool busy() const override;
  /// False in safe mode: every upload is refused.
  [[nodiscard]] bool accepts_uploads() const { return active() && !safe_mode_; }
  [[nodiscard]] const UploadSession& session() const { return session_; }
  [[nodiscard]] const ExtensionSession& extension() const { return extension_; }
  [[nodiscard]] const UpdateSettings& settings() const { return settings_; }

  /// Tells `observer` of uploads from now on. It outlives the element.
  void observe(UploadObserver& observer) { observer_ = &observer; }

  // For the device's page and the pull client, whose uploads and passwords follow the same rules.

  /// Whether an upload of this would begin now. Outcomes: ok; safe_mode: also while the element does not run;
  /// busy; as Updater::consider().
  [[nodiscard]] Status consider(const update::Announcement& announcement) const;
  /// Begins it: direct_upload() takes the bytes. A paused upload gives way. The announcement's `source` says
  /// who brings it ("browser 192.168.1.5"); `time_s` is filled in. Outcomes: as consider(), and
  /// Updater::begin().
  [[nodiscard]] Status begin_direct_upload(update::Announcement announcement);
  [[nodiscard]] DirectUpload& direct_upload() { return direct_; }
  [[nodiscard]] const DirectUpload& direct_upload() const { return direct_; }
  /// An empty one is right when none is set. The time it takes tells nothing about the password.
  [[nodiscard]] bool password_is(std::string_view password) const;
  /// Of wrong passwords, wherever they were tried.
  [[nodiscard]] TryLimiter& limiter() { return limiter_; }
  [[nodiscard]] std::string_view board_id() const { return board_id_; }

 private:
  SetResult do_set(std::string_view property, std::string_view value) override;
  void do_start(Board& board, Instant now) override;
  milliseconds do_loop(Instant now) override;
  void do_stop() override;
  void do_values(ValueSink& sink) override;

  [[nodiscard]] InvitationDesk::Situation situation() const;
  [[nodiscard]] bool upload_running() const;
  [[nodiscard]] bool extension_is_on() const;
  [[nodiscard]] bool offers_tls() const;
  void log_policy();
  void start_extension(Instant now);
  void set_desk_policy();
  void open_socket(Instant now);
  void open_listener(Instant now);
  void advertise();
  void watch_advertiser();
  [[nodiscard]] bool answer_datagram(Instant now);
  void carry_out(const InvitationDesk::Verdict& verdict, Instant now);
  void refused(UpdateError error);
  void log_refusal(const port::IpAddress& source, std::string_view words, Instant now);
  void watch_session();
  void watch_direct_upload();
  [[nodiscard]] milliseconds serve_extension(Instant now);
  void log_extension(const ExtensionSession::Event& event, Instant now);
  void accepted(std::string_view source);
  void end_upload(UpdateError error);
  void log(port::LogLevel level, std::string_view message);

  Ports ports_;
  update::Updater& updater_;
  std::string_view board_id_;
  UpdateSettings settings_;
  AccessSettings access_;
  ChallengeTableOf<ChallengeTable::most> challenges_;
  TryLimiter limiter_;
  InvitationDesk desk_;
  UploadSession session_;
  ExtensionKey key_;
  FrameGuard guard_{challenges_, limiter_, key_};
  StatusReport report_;
  ExtensionSession extension_;
  DirectUpload direct_;
  OtaValues values_;
  Board* board_{nullptr};
  UploadObserver* observer_{nullptr};

  std::uint16_t port_{wire::esp8266_port};

  bool safe_mode_{true};
  bool listening_{false};  ///< for datagrams
  Instant next_open_at_;
  bool connectable_{false};  ///< listening for connections
  Instant next_listen_at_;
  Instant next_refusal_log_at_;
  port::Advertiser::State advertiser_state_{port::Advertiser::State::silent};
  DeviceName advertised_name_;
};

}  // namespace airlift::element
