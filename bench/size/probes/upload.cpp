// The smallest device: boot decision, invitations with a password, one upload at a time into A/B slots.

#include <new>

#include "airlift/boot/boot_sequence.hpp"
#include "airlift/element/invitation_desk.hpp"
#include "airlift/element/upload_session.hpp"
#include "harness/ports.hpp"
#include "probes/policy.hpp"

namespace airlift::probe {
namespace {

constexpr std::size_t sector_bytes{4096};
constexpr std::string_view password{"secret"};
alignas(4) std::array<std::uint8_t, sector_bytes> sector;

class Device {
 public:
  explicit Device(const Ports& ports)
      : socket_{ports.socket},
        store_{ports.flash, ports.map},
        history_{ports.flash, ports.map.history},
        updater_{store_, history_, {sector}},
        desk_{{ports.entropy, updater_, challenges_, limiter_}},
        session_{ports.stream, updater_} {
    element::InvitationDesk::Policy policy;
    policy.password = password;
    policy.scheme = wire::PasswordScheme::sha256;
    policy.extension = element::AccessSettings::Use::off;
    desk_.set_policy(policy);
    updater_.set_policy(policy_for(ports.key));
  }

  bool start() {
    const Result<boot::BootPlan> plan = boot::prepare_boot(store_, boot::default_attempts, sector);
    history_.load();
    const bool opened = socket_.open(wire::esp8266_port).ok();
    return opened && plan.ok() && plan.value().on_trial && store_.confirm().ok();
  }

  Progress loop(Instant now) {
    if (session_.running()) [[maybe_unused]]
      const milliseconds wait = session_.loop(now);
    if (session_.state() == element::UploadSession::State::ended) {
      if (session_.committed()) return Progress::restart;
      session_.acknowledge();
    }
    answer(now);
    return Progress::running;
  }

 private:
  void answer(Instant now) {
    const element::InvitationDesk::Situation situation{false, session_.running(),
                                                       session_.waiting_for_first_byte()};
    if (desk_.checking()) {
      if (const auto verdict = desk_.step(situation, now)) carry_out(*verdict, now);
      return;
    }
    std::array<std::uint8_t, wire::longest_datagram_bytes> datagram;
    const auto received = socket_.receive(datagram);
    if (!received) return;
    const std::size_t size = std::min(received->size_bytes, datagram.size());
    carry_out(desk_.handle(Bytes{datagram}.first(size), received->from, situation, now), now);
  }

  void carry_out(const element::InvitationDesk::Verdict& verdict, Instant now) {
    wire::ReplyText reply = verdict.reply;
    if (verdict.accepted) {
      const wire::Invitation& invitation = verdict.invitation;
      update::Announcement announcement;
      announcement.kind = element::kind_of(invitation.command);
      announcement.size_bytes = invitation.size_bytes;
      announcement.md5 = invitation.md5;
      announcement.source = boot::SourceText{"upload"};
      const port::Endpoint host{verdict.uploader.address, invitation.host_port, verdict.uploader.scope};
      const Status begun = session_.begin(announcement, host, now);
      if (!begun.ok()) reply = wire::format_refusal(begun.error());
    }
    if (!reply.empty()) [[maybe_unused]]
      const Status sent = socket_.send(as_bytes(reply), verdict.reply_to);
  }

  port::DatagramSocket& socket_;
  boot::SlotStore store_;
  boot::History history_;
  update::Updater updater_;
  element::ChallengeTableOf<2> challenges_;
  element::TryLimiter limiter_;
  element::InvitationDesk desk_;
  element::UploadSession session_;
};

alignas(Device) std::array<std::uint8_t, sizeof(Device)> memory;

Device& device() {
  return *std::launder(reinterpret_cast<Device*>(memory.data()));
}

}  // namespace

const Way way{Way::espota};

bool start(const Ports& ports) {
  return (new (memory.data()) Device{ports})->start();
}

Progress loop(Instant now) {
  return device().loop(now);
}

}  // namespace airlift::probe
