#include "airlift/element/ota_element.hpp"

#include <algorithm>

#include "airlift/codec/text.hpp"
#include "airlift/element/address_text.hpp"
#include "airlift/element/board.hpp"

namespace airlift::element {
namespace {

using codec::equal_ignoring_case;
using Message = FixedString<200>;

constexpr seconds open_retry_interval{5};
constexpr seconds refusal_log_interval{1};  // a stranger may not fill the log
constexpr milliseconds advertiser_check_interval{200};

}  // namespace

OtaElement::OtaElement(const Ports& ports, update::Updater& updater, std::string_view board_id)
    : ports_{ports},
      updater_{updater},
      board_id_{board_id},
      settings_{ports.keys},
      desk_{ports.entropy, updater},
      session_{ports.stream, updater} {}

SetResult OtaElement::do_set(std::string_view property, std::string_view value) {
  if (equal_ignoring_case(property, "port")) {
    const auto number = codec::parse_number(value, 0xFFFF);
    if (!number || *number == 0) return SetResult::bad_value;
    port_ = static_cast<std::uint16_t>(*number);
    return SetResult::ok;
  }
  if (equal_ignoring_case(property, "passwd")) {
    if (value.size() > password_.capacity()) return SetResult::bad_value;
    password_ = value;
    return SetResult::ok;
  }
  if (equal_ignoring_case(property, "auth")) {
    if (!equal_ignoring_case(value, "md5") && !equal_ignoring_case(value, "sha256"))
      return SetResult::bad_value;
    scheme_ = equal_ignoring_case(value, "md5") ? wire::PasswordScheme::md5 : wire::PasswordScheme::sha256;
    return SetResult::ok;
  }
  return settings_.set(property, value);
}

void OtaElement::do_start(Board& board, Instant now) {
  board_ = &board;
  safe_mode_ = board.safe_mode_for(*this);
  desk_.set_policy({password_, scheme_});
  updater_.set_policy(settings_.policy(board_id_));
  next_open_at_ = now;
  if (safe_mode_) {
    log(port::LogLevel::warning, "safe mode: every upload is refused");
  } else if (password_.empty()) {
    log(port::LogLevel::warning, "no password is set: anyone in the network can upload");
  }
  log_policy();
  open_socket(now);
  advertise();
}

void OtaElement::log_policy() {
  if (settings_.policy(board_id_).mode == image::SignatureMode::off) return;
  if (settings_.ring().empty()) {
    log(port::LogLevel::error, "signatures are required, but there is no key: every upload will be refused");
    return;
  }
  Message message{"signatures are required, trusted keys:"};
  for (const crypto::PublicKey& key : settings_.ring().keys()) {
    message.append(" ").append(codec::view(codec::to_hex(key.id())));
  }
  log(port::LogLevel::info, message);
}

void OtaElement::open_socket(Instant now) {
  if (listening_ || now < next_open_at_) return;
  listening_ = ports_.socket.open(port_).ok();
  next_open_at_ = now + open_retry_interval;
  Message message{listening_ ? "listening on UDP port " : "cannot listen, trying again every 5 s: UDP port "};
  message.append_number(port_);
  log(listening_ ? port::LogLevel::info : port::LogLevel::error, message);
}

void OtaElement::advertise() {
  if (safe_mode_ || !board_->device().service_discovery()) return;
  const std::array<port::TxtEntry, 4> txt{{{"board", board_id_},
                                           {"tcp_check", "no"},
                                           {"ssh_upload", "no"},
                                           {"auth_upload", has_password() ? "yes" : "no"}}};
  advertised_name_ = DeviceName{board_->device().name()};
  if (!ports_.advertiser.advertise(advertised_name_, {"_arduino._tcp", port_, txt}).ok()) {
    log(port::LogLevel::warning, "mDNS cannot be used here; the device is reachable by its address only");
  }
}

void OtaElement::watch_advertiser() {
  const port::Advertiser::State state = ports_.advertiser.state();
  const bool renamed =
      state == port::Advertiser::State::established && ports_.advertiser.name() != advertised_name_;
  if (state == advertiser_state_ && !renamed) return;
  advertiser_state_ = state;
  if (state == port::Advertiser::State::failed) log(port::LogLevel::warning, "mDNS failed; not advertised");
  if (state != port::Advertiser::State::established) return;
  Message message;
  if (renamed) message.append("the name ").append(advertised_name_).append(" is taken; ");
  advertised_name_ = DeviceName{ports_.advertiser.name()};
  log(renamed ? port::LogLevel::warning : port::LogLevel::info,
      message.append("advertised as ").append(advertised_name_));
}

InvitationDesk::Situation OtaElement::situation() const {
  return {safe_mode_, session_.running(), session_.waiting_for_first_byte()};
}

milliseconds OtaElement::do_loop(Instant now) {
  open_socket(now);
  watch_advertiser();
  // Before datagrams are looked at: an uploader that has closed may send its next invitation at once.
  const milliseconds wait = session_.running() ? session_.loop(now) : idle_wait;
  watch_session();
  const bool was_running = session_.running();
  if (listening_) answer_datagrams(now);
  if (desk_.checking() || session_.running() != was_running) return milliseconds{0};
  const bool mdns_under_way = advertiser_state_ == port::Advertiser::State::probing;
  return std::min({wait, idle_wait, mdns_under_way ? advertiser_check_interval : idle_wait});
}

void OtaElement::answer_datagrams(Instant now) {
  if (desk_.checking()) {
    if (const auto verdict = desk_.step(situation(), now)) carry_out(*verdict, now);
    return;
  }
  std::array<std::uint8_t, wire::longest_datagram_bytes> datagram{};
  const auto received = ports_.socket.receive(datagram);
  if (!received) return;
  const std::size_t size = std::min(received->size_bytes, datagram.size());
  carry_out(desk_.handle(Bytes{datagram}.first(size), received->from, situation(), now), now);
}

void OtaElement::carry_out(const InvitationDesk::Verdict& verdict, Instant now) {
  InvitationDesk::Verdict result = verdict;
  if (verdict.accepted) {
    const wire::Invitation& invitation = verdict.invitation;
    const port::Endpoint host{verdict.uploader.address, invitation.host_port, verdict.uploader.scope};
    update::Announcement announcement;
    announcement.kind = kind_of(invitation.command);
    announcement.size_bytes = invitation.size_bytes;
    announcement.md5 = invitation.md5;
    announcement.source = boot::SourceText{"upload "}.append(address_text(host.address));
    announcement.time_s = ports_.calendar.unix_seconds();
    const Status begun = session_.begin(announcement, host, now);
    if (begun.ok()) {
      Message message{"accepted a "};
      message.append(image::name_of(kind_of(invitation.command))).append(" of ");
      message.append_number(invitation.size_bytes).append(" bytes from ").append(address_text(host.address));
      log(port::LogLevel::info, message);
    } else {
      result.reply = wire::format_refusal(begun.error());
      result.refusal = begun.error();
    }
  }
  if (result.reply.empty()) return;
  if (result.refusal != UpdateError::none) log_refusal(result, now);
  if (!ports_.socket.send(as_bytes(result.reply), result.reply_to).ok()) {
    log(port::LogLevel::warning, "an answer could not be sent");
  }
}

void OtaElement::log_refusal(const InvitationDesk::Verdict& verdict, Instant now) {
  if (now < next_refusal_log_at_) return;
  next_refusal_log_at_ = now + refusal_log_interval;
  Message message{"refused "};
  message.append(address_text(verdict.reply_to.address)).append(": ").append(verdict.reply);
  log(port::LogLevel::warning, message);
}

void OtaElement::watch_session() {
  if (session_.state() != UploadSession::State::ended) return;
  Message message;
  if (session_.committed() && !updater_.starts_next()) {
    message.append_number(session_.received_bytes())
        .append(" bytes staged; waiting for the other image of the bundle");
  } else if (session_.committed()) {
    message.append_number(session_.received_bytes()).append(" bytes installed, restarting");
    board_->request_reboot();
  } else {
    const ErrorInfo& info = describe(session_.error());
    message.append("upload failed after ").append_number(session_.received_bytes()).append(" of ");
    message.append_number(session_.size_bytes())
        .append(" bytes: ")
        .append(info.text)
        .append(". ")
        .append(info.advice);
  }
  log(session_.committed() ? port::LogLevel::info : port::LogLevel::warning, message);
  session_.acknowledge();
}

void OtaElement::do_stop() {
  session_.abort();
  ports_.advertiser.withdraw();
  ports_.socket.close();
  listening_ = false;
  password_.wipe();
}

void OtaElement::log(port::LogLevel level, std::string_view message) {
  board_->log(*this, level, message);
}

}  // namespace airlift::element
