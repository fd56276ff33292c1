#pragma once
// The device's side of the upload extension on fakes, and an uploader's hands to speak to it.

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "airlift/element/extension_session.hpp"
#include "airlift/element/invitation_desk.hpp"
#include "support/fake_datagram_socket.hpp"
#include "support/fake_listener.hpp"
#include "support/fake_stream.hpp"
#include "support/fake_system.hpp"
#include "support/slots.hpp"

namespace airlift::testing {

inline constexpr std::string_view rig_password{"secret"};

[[nodiscard]] inline wire::Offer offer_of(std::string_view file) {
  wire::Offer offer;
  offer.size_bytes = static_cast<std::uint32_t>(file.size());
  offer.sha256 = crypto::sha256(as_bytes(file));
  return offer;
}

[[nodiscard]] inline std::string data_frames(std::string_view bytes, std::size_t piece = 65535) {
  std::string frames;
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, piece);
    const auto header = wire::encode_frame_header(wire::FrameType::data, part.size());
    frames.append(as_text(header)).append(part);
    bytes.remove_prefix(part.size());
  }
  return frames;
}

/// What one frame of the device says.
struct Said {
  wire::FrameType type;
  bool proven;  ///< its MAC is right
  std::string payload;
  [[nodiscard]] wire::Answer answer() const { return wire::decode_answer(as_bytes(payload)).value(); }
  [[nodiscard]] wire::UploadResult result() const { return wire::decode_result(as_bytes(payload)).value(); }
  [[nodiscard]] std::uint32_t progress() const {
    return wire::decode_progress(as_bytes(payload)).value().offset;
  }
};

/// An uploader's head: its datagrams, keys and frames.
struct ExtensionUploader {
  [[nodiscard]] std::string line(wire::ExtensionRequest::Purpose purpose, std::uint16_t host_port = 0) {
    wire::ExtensionRequest request;
    request.purpose = purpose;
    request.host_port = host_port;
    request.cnonce[0] = ++datagrams;
    return std::string{wire::format_extension_request(request).view()};
  }
  [[nodiscard]] std::string invitation(std::string_view file, std::uint16_t host_port = 0) {
    const auto first_line =
        wire::format_invitation({wire::Command::firmware, 50000, static_cast<std::uint32_t>(file.size()),
                                 crypto::md5(as_bytes(file))});
    return std::string{first_line.view()} + line(wire::ExtensionRequest::Purpose::upload, host_port);
  }

  /// Takes the device's answer; afterwards the keys are there. Any other answer changes nothing.
  void learn(std::string_view datagram, std::string_view reply, std::string_view password) {
    const auto answer = wire::parse_extension_answer(as_bytes(reply));
    if (!answer) return;
    nonce = answer->nonce;
    derive(password, answer->salt);
    session_key =
        wire::session_key(password_key, crypto::sha256(as_bytes(datagram)), crypto::sha256(as_bytes(reply)));
    tls_key = wire::tls_key(password_key);
  }

  /// Anew only when something has changed: it takes as long as many tests.
  void derive(std::string_view password, const wire::Salt& salt) {
    if (derived_from == std::pair{std::string{password}, salt}) return;
    wire::PasswordKey derivation{password, salt};
    while (!derivation.done()) derivation.step(10000);
    password_key = derivation.key();
    derived_from = {std::string{password}, salt};
  }

  template <typename Message>
  [[nodiscard]] std::string frame(Message message) const {
    message.nonce = nonce;
    wire::FrameBytes bytes{};
    const std::size_t size = wire::encode(message, session_key, bytes);
    return std::string{as_text(Bytes{bytes}.first(size))};
  }
  [[nodiscard]] std::string secure_frame() const {
    wire::FrameBytes bytes{};
    const std::size_t size = wire::encode(wire::Secure{nonce}, bytes);
    return std::string{as_text(Bytes{bytes}.first(size))};
  }

  /// The whole frames in what the device has written.
  [[nodiscard]] std::vector<Said> read(std::string_view written) const {
    std::vector<Said> frames;
    wire::FrameReader reader{wire::FrameReader::From::device};
    while (!written.empty() && !reader.room().empty()) {
      const std::size_t count = std::min(written.size(), reader.room().size());
      std::copy_n(written.begin(), count, reader.room().begin());
      reader.took(count);
      written.remove_prefix(count);
      if (reader.state() != wire::FrameReader::State::frame) continue;
      frames.push_back({reader.type(), wire::mac_is_right(session_key, reader.type(), reader.payload()),
                        std::string{as_text(reader.payload())}});
      reader.next();
    }
    return frames;
  }

  std::uint8_t datagrams{0};
  wire::DeviceNonce nonce{};
  std::pair<std::string, wire::Salt> derived_from;
  wire::Key password_key{};
  wire::Key session_key{};
  wire::Key tls_key{};
};

struct ExtensionRig : ExtensionUploader {
  using Session = element::ExtensionSession;

  explicit ExtensionRig(bool with_gzip = true)
      : session{{stream, listener, calendar, with_gzip ? MutableBytes{transfer_memory} : MutableBytes{}},
                storage.updater,
                guard,
                report} {
    (void)key.start(rig_password, entropy);
    (void)report.start("board-id", {}, entropy);
    (void)listener.listen(8266);
    set_policy({});
  }

  void set_policy(element::InvitationDesk::Policy policy) {
    policy.password = rig_password;
    policy.extension_answer.port = 8266;
    policy.extension_answer.salt = key.salt();
    desk.set_policy(policy);
  }

  /// Calls loop() as long as it says that there is more to do.
  void run() {
    for (int i = 0; i < 20000 && session.loop(other, now).count() == 0; ++i) note_event();
    note_event();
  }
  void run_after(milliseconds time) {
    now += time;
    run();
  }
  void note_event() {
    if (const auto event = session.take_event()) events.push_back(*event);
  }

  // What the uploader does

  std::string ask(std::string_view datagram, const port::Endpoint& from,
                  std::string_view password = rig_password) {
    const auto verdict = desk.handle(as_bytes(datagram), from, {}, now);
    if (verdict.host) session.connect_to(*verdict.host, now);
    learn(datagram, verdict.reply, password);
    return std::string{verdict.reply.view()};
  }
  std::string invite(std::string_view file, const port::Endpoint& from = test_endpoint(1, 40000),
                     std::string_view password = rig_password, std::uint16_t host_port = 0) {
    return ask(invitation(file, host_port), from, password);
  }
  /// A connection comes in from where the invitation came from, or from elsewhere.
  void connect(const port::Endpoint& from = test_endpoint(1, 41000)) {
    listener.peer_connects(from);
    run();
    stream.written.clear();
  }
  void say(std::string_view bytes) {
    stream.deliver(bytes);
    run();
  }
  void hang_up() {
    stream.peer_closes();
    run();
  }
  /// Invites, connects and offers.
  void begin(std::string_view file, const wire::Offer& offer) {
    (void)invite(file);
    connect();
    say(frame(offer));
  }
  void begin(std::string_view file) { begin(file, offer_of(file)); }

  /// What the device has said on this connection.
  [[nodiscard]] std::vector<Said> said() const { return read(stream.written); }
  [[nodiscard]] Said last() const { return said().empty() ? Said{} : said().back(); }
  [[nodiscard]] UpdateError answered() const {
    for (const Said& frame : said()) {
      if (frame.type == wire::FrameType::answer) return frame.answer().error;
    }
    return UpdateError::no_answer;
  }
  [[nodiscard]] bool happened(Session::Event::Kind kind) const {
    for (const Session::Event& event : events) {
      if (event.kind == kind) return true;
    }
    return false;
  }

  Storage storage;
  FakeStream stream;
  FakeListener listener{stream};
  FakeEntropy entropy;
  FakeCalendar calendar;
  std::array<std::uint8_t, element::transfer_memory_bytes> transfer_memory{};
  element::ChallengeTableOf<element::ChallengeTable::most> challenges;
  element::TryLimiter limiter;
  element::ExtensionKey key;
  element::FrameGuard guard{challenges, limiter, key};
  element::StatusReport report{storage.store, storage.history};
  element::InvitationDesk desk{{entropy, storage.updater, challenges, limiter}};
  Session session;
  Session::OtherUpload other{Session::OtherUpload::none};
  Instant now{seconds{1000}};
  std::vector<Session::Event> events;
};

}  // namespace airlift::testing
