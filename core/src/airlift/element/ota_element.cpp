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
      desk_{{ports.entropy, updater, challenges_, limiter_}},
      session_{ports.stream, updater},
      report_{updater.store(), updater.history()},
      extension_{{ports.extension_stream, ports.listener, ports.calendar, ports.transfer_memory},
                 updater,
                 guard_,
                 report_},
      direct_{updater},
      values_{updater} {}

SetResult OtaElement::do_set(std::string_view property, std::string_view value) {
  if (equal_ignoring_case(property, "port")) {
    const auto number = codec::parse_number(value, 0xFFFF);
    if (!number || *number == 0) return SetResult::bad_value;
    port_ = static_cast<std::uint16_t>(*number);
    return SetResult::ok;
  }
  const SetResult result = access_.set(property, value);
  if (result != SetResult::unknown_property) return result;
  return settings_.set(property, value);
}

void OtaElement::do_start(Board& board, Instant now) {
  board_ = &board;
  safe_mode_ = board.safe_mode_for(*this);
  updater_.set_policy(settings_.policy(board_id_));
  updater_.set_attempts(settings_.trial().attempts);
  next_open_at_ = now;
  if (safe_mode_) {
    log(port::LogLevel::warning, "safe mode: every upload is refused");
  } else if (!has_password()) {
    log(port::LogLevel::warning, "no password is set: anyone in the network can upload");
  }
  log_policy();
  start_extension(now);
  open_socket(now);
  advertise();
}

bool OtaElement::extension_is_on() const {
  return !safe_mode_ && access_.extension() != AccessSettings::Use::off;
}

bool OtaElement::offers_tls() const {
  return ports_.tls == Tls::available && access_.encryption() != AccessSettings::Use::off;
}

void OtaElement::start_extension(Instant now) {
  using Encryption = ExtensionSession::Encryption;
  const bool required = access_.encryption() == AccessSettings::Use::required;
  extension_.set_encryption(required       ? Encryption::required
                            : offers_tls() ? Encryption::on
                                           : Encryption::unavailable);
  if (required && !offers_tls()) {
    log(port::LogLevel::error,
        "encryption is required, but not to be had here: every upload will be refused");
  }
  const Status salted = key_.start(access_.password(), ports_.entropy);
  const Status named = report_.start(board_id_, settings_.trial(), ports_.entropy);
  report_.set_name(board_->device().name());
  if (!salted.ok() || !named.ok()) log(port::LogLevel::error, describe(UpdateError::no_entropy).text);
  next_listen_at_ = now;
  open_listener(now);
  set_desk_policy();
}

void OtaElement::set_desk_policy() {
  wire::ExtensionAnswer answer;
  answer.port = connectable_ ? port_ : std::uint16_t{0};
  answer.password = has_password();
  answer.gzip = extension_.can_unpack();
  answer.tls = offers_tls();
  answer.tls_required = access_.encryption() == AccessSettings::Use::required;
  answer.salt = key_.salt();
  desk_.set_policy({access_.password(), access_.scheme(), access_.extension(), answer, access_.kept()});
}

void OtaElement::open_listener(Instant now) {
  if (connectable_ || now < next_listen_at_ || !extension_is_on()) return;
  next_listen_at_ = now + open_retry_interval;
  connectable_ = ports_.listener.listen(port_).ok();
  if (connectable_) return set_desk_policy();
  Message message{"cannot listen, trying again every 5 s: TCP port "};
  log(port::LogLevel::warning, message.append_number(port_));
}

void OtaElement::log_policy() {
  if (settings_.policy(board_id_).mode == image::SignatureMode::off) return;
  if (settings_.ring().empty()) {
    log(port::LogLevel::error, "signatures are required, but there is no key: every upload will be refused");
    return;
  }
  Message message{"signatures are required, trusted keys:"};
  for (const crypto::KeyView& key : settings_.ring().keys()) {
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
  const std::array<port::TxtEntry, 5> txt{{{"board", board_id_},
                                           {"tcp_check", "no"},
                                           {"ssh_upload", "no"},
                                           {"auth_upload", has_password() ? "yes" : "no"},
                                           {"airlift", "1"}}};
  const auto entries = Span<const port::TxtEntry>{txt}.first(extension_is_on() ? 5 : 4);
  advertised_name_ = DeviceName{board_->device().name()};
  if (!ports_.advertiser.advertise(advertised_name_, {"_arduino._tcp", port_, entries}).ok()) {
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
  report_.set_name(advertised_name_);
  log(renamed ? port::LogLevel::warning : port::LogLevel::info,
      message.append("advertised as ").append(advertised_name_));
}

bool OtaElement::upload_running() const {
  return session_.running() || extension_.upload_running() || direct_.running();
}

bool OtaElement::busy() const {
  return upload_running() || extension_.paused() || updater_.store().record().on_trial();
}

void OtaElement::do_values(ValueSink& sink) {
  const StartMode mode = board_ != nullptr ? board_->mode() : StartMode::normal;
  values_.show(sink, {accepts_uploads(), safe_mode_, mode, board_id_});
}

InvitationDesk::Situation OtaElement::situation() const {
  return {safe_mode_, upload_running(), session_.waiting_for_first_byte()};
}

Status OtaElement::consider(const update::Announcement& announcement) const {
  if (!accepts_uploads()) return UpdateError::safe_mode;
  if (upload_running()) return UpdateError::busy;
  return updater_.consider(announcement);
}

Status OtaElement::begin_direct_upload(update::Announcement announcement) {
  if (const Status welcome = consider(announcement); !welcome.ok()) return welcome;
  announcement.time_s = ports_.calendar.unix_seconds();
  const Status begun = direct_.begin(announcement);
  extension_.give_way();
  if (begun.ok()) accepted(announcement.source);
  return begun;
}

bool OtaElement::password_is(std::string_view password) const {
  if (access_.kept() == AccessSettings::Kept::hash) return false;
  const auto given = crypto::sha256(as_bytes(password));
  const auto right = crypto::sha256(as_bytes(access_.password()));
  return crypto::backend::equal_constant_time(given, right);
}

milliseconds OtaElement::do_loop(Instant now) {
  open_socket(now);
  open_listener(now);
  watch_advertiser();
  // Before datagrams are looked at: an uploader that has closed may send its next invitation at once.
  milliseconds wait = session_.running() ? session_.loop(now) : idle_wait;
  watch_session();
  watch_direct_upload();
  if (extension_is_on()) wait = std::min(wait, serve_extension(now));
  const bool answered = listening_ && answer_datagram(now);
  if (desk_.checking() || answered) return milliseconds{0};
  const bool mdns_under_way = advertiser_state_ == port::Advertiser::State::probing;
  return std::min({wait, idle_wait, mdns_under_way ? advertiser_check_interval : idle_wait});
}

/// True: there was one, or a verdict on one, and there may be more to do now.
bool OtaElement::answer_datagram(Instant now) {
  if (desk_.checking()) {
    const auto verdict = desk_.step(situation(), now);
    if (verdict) carry_out(*verdict, now);
    return verdict.has_value();
  }
  std::array<std::uint8_t, wire::longest_datagram_bytes> datagram{};
  const auto received = ports_.socket.receive(datagram);
  if (!received) return false;
  const std::size_t size = std::min(received->size_bytes, datagram.size());
  carry_out(desk_.handle(Bytes{datagram}.first(size), received->from, situation(), now), now);
  return true;
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
    if (updater_.phase() != update::Updater::Phase::receiving || begun.ok()) extension_.give_way();
    if (begun.ok()) {
      accepted(address_text(host.address));
    } else {
      result.reply = wire::format_refusal(begun.error());
      result.refusal = begun.error();
    }
  }
  if (result.extension) key_.want();
  if (result.host) extension_.connect_to(*result.host, now);
  if (result.reply.empty()) return;
  if (result.refusal != UpdateError::none) {
    refused(result.refusal);
    log_refusal(result.reply_to.address, result.reply, now);
  }
  if (!ports_.socket.send(as_bytes(result.reply), result.reply_to).ok()) {
    log(port::LogLevel::warning, "an answer could not be sent");
  }
}

void OtaElement::refused(UpdateError error) {
  if (observer_ != nullptr) observer_->upload_refused(error);
}

void OtaElement::log_refusal(const port::IpAddress& source, std::string_view words, Instant now) {
  if (now < next_refusal_log_at_) return;
  next_refusal_log_at_ = now + refusal_log_interval;
  Message message{"refused "};
  log(port::LogLevel::warning, message.append(address_text(source)).append(": ").append(words));
}

void OtaElement::watch_session() {
  if (session_.state() != UploadSession::State::ended) return;
  end_upload(session_.error());
  session_.acknowledge();
}

void OtaElement::watch_direct_upload() {
  if (direct_.state() != DirectUpload::State::concluded) return;
  end_upload(direct_.error());
  direct_.acknowledge();
}

milliseconds OtaElement::serve_extension(Instant now) {
  using OtherUpload = ExtensionSession::OtherUpload;
  const auto other = session_.running() || direct_.running() ? OtherUpload::running : OtherUpload::none;
  const bool deriving = extension_.state() == ExtensionSession::State::deriving;
  if (key_.under_way() && !deriving) key_.step();
  const milliseconds wait = extension_.loop(other, now);
  if (const auto event = extension_.take_event()) log_extension(*event, now);
  return key_.under_way() ? milliseconds{0} : wait;
}

void OtaElement::log_extension(const ExtensionSession::Event& event, Instant now) {
  using Kind = ExtensionSession::Event::Kind;
  Message message;
  switch (event.kind) {
    case Kind::accepted:
      return accepted(address_text(event.source.address));
    case Kind::resumed:
      message.append("going on with the upload from ").append(address_text(event.source.address));
      message.append(" at byte ").append_number(updater_.received_bytes());
      return log(port::LogLevel::info, message);
    case Kind::paused:
      message.append("upload paused after ").append_number(updater_.received_bytes()).append(" of ");
      message.append_number(updater_.announcement().size_bytes).append(" bytes: ");
      return log(port::LogLevel::warning, message.append(describe(event.error).text));
    case Kind::given_up:
      if (observer_ != nullptr) observer_->upload_ended(UpdateError::connection_lost);
      return log(port::LogLevel::warning, "nobody went on with the paused upload: given up");
    case Kind::failed:
    case Kind::installed:
      return end_upload(event.error);
    case Kind::refused:
      refused(event.error);
      return log_refusal(event.source.address, describe(event.error).text, now);
  }
}

void OtaElement::accepted(std::string_view source) {
  if (observer_ != nullptr) observer_->upload_begun();
  const update::Announcement& announcement = updater_.announcement();
  Message message{"accepted a "};
  message.append(image::name_of(announcement.kind)).append(" of ");
  message.append_number(announcement.size_bytes).append(" bytes from ").append(source);
  log(port::LogLevel::info, message);
}

/// `error` none: the image is staged.
void OtaElement::end_upload(UpdateError error) {
  if (observer_ != nullptr) observer_->upload_ended(error);
  Message message;
  if (error != UpdateError::none) {
    message.append("upload failed after ").append_number(updater_.received_bytes()).append(" of ");
    message.append_number(updater_.announcement().size_bytes).append(" bytes: ");
    message.append(describe(error).text).append(". ").append(describe(error).advice);
    return log(port::LogLevel::warning, message);
  }
  message.append_number(updater_.received_bytes());
  if (updater_.starts_next()) {
    message.append(" bytes installed, restarting");
    board_->request_reboot();
  } else {
    message.append(" bytes staged; waiting for the other image of the bundle");
  }
  log(port::LogLevel::info, message);
}

void OtaElement::do_stop() {
  session_.abort();
  direct_.abort(UpdateError::cancelled);
  extension_.abort();
  ports_.listener.close();
  connectable_ = false;
  ports_.advertiser.withdraw();
  ports_.socket.close();
  listening_ = false;
  access_.forget_password();
}

void OtaElement::log(port::LogLevel level, std::string_view message) {
  board_->log(*this, level, message);
}

}  // namespace airlift::element
