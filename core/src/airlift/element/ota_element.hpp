#pragma once
// `ota/<id>`: HomeDing's OTA element. Listens for invitations, lets the standard Arduino tools upload, and
// asks for a restart into what they brought. docs/design/upload-protocol.md, docs/configuration.md.

#include "airlift/element/device_element.hpp"
#include "airlift/element/invitation_desk.hpp"
#include "airlift/element/update_settings.hpp"
#include "airlift/element/upload_session.hpp"
#include "airlift/port/advertiser.hpp"

namespace airlift::element {

class OtaElement final : public Element {
 public:
  /// What the element needs of the board it runs on. All outlive it.
  struct Ports {
    port::DatagramSocket& socket;
    port::Stream& stream;
    port::Advertiser& advertiser;
    port::Entropy& entropy;
    port::Calendar& calendar;
    KeySource& keys;
  };

  /// `board_id` names the hardware in the `board` TXT record and lives as long as the element.
  OtaElement(const Ports& ports, update::Updater& updater, std::string_view board_id);

  /// What the configuration asked for.
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool has_password() const { return !password_.empty(); }
  /// False in safe mode: every upload is refused.
  [[nodiscard]] bool accepts_uploads() const { return active() && !safe_mode_; }
  [[nodiscard]] const UploadSession& session() const { return session_; }
  [[nodiscard]] const UpdateSettings& settings() const { return settings_; }

 private:
  SetResult do_set(std::string_view property, std::string_view value) override;
  void do_start(Board& board, Instant now) override;
  milliseconds do_loop(Instant now) override;
  void do_stop() override;

  [[nodiscard]] InvitationDesk::Situation situation() const;
  void log_policy();
  void open_socket(Instant now);
  void advertise();
  void watch_advertiser();
  void answer_datagrams(Instant now);
  void carry_out(const InvitationDesk::Verdict& verdict, Instant now);
  void log_refusal(const InvitationDesk::Verdict& verdict, Instant now);
  void watch_session();
  void log(port::LogLevel level, std::string_view message);

  Ports ports_;
  update::Updater& updater_;
  std::string_view board_id_;
  UpdateSettings settings_;
  InvitationDesk desk_;
  UploadSession session_;
  Board* board_{nullptr};

  std::uint16_t port_{wire::esp8266_port};
  FixedString<wire::longest_password_bytes> password_;
  wire::PasswordScheme scheme_{wire::PasswordScheme::md5};

  bool safe_mode_{true};
  bool listening_{false};
  Instant next_open_at_;
  Instant next_refusal_log_at_;
  port::Advertiser::State advertiser_state_{port::Advertiser::State::silent};
  DeviceName advertised_name_;
};

}  // namespace airlift::element
