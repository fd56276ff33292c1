#include "contact.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "airlift/wire/frame.hpp"
#include "airlift_posix/address.hpp"
#include "airlift_posix/steady_clock.hpp"
#include "airlift_posix/system_entropy.hpp"
#include "airlift_posix/tcp_listener.hpp"
#include "airlift_posix/udp_socket.hpp"
#include "invitation_exchange.hpp"

namespace airlift::cli {
namespace {

using State = InvitationExchange::State;
using Trouble = InvitationExchange::Trouble;

[[noreturn]] void throw_listen_failed(std::string message) {
  throw PushError{make_failure(UpdateError::listen_failed, Stage::listen, std::move(message))};
}

bool has_ipv4(const std::vector<port::Endpoint>& endpoints) {
  return std::any_of(endpoints.begin(), endpoints.end(),
                     [](const port::Endpoint& endpoint) { return posix::is_ipv4(endpoint.address); });
}

/// The user's address to listen on; nothing: any.
std::optional<port::IpAddress> wanted_address(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto address = posix::parse_address(text);
  if (!address) throw_listen_failed(fmt::format("-I {} is not an IP address", text));
  return posix::is_any(*address) ? std::nullopt : address;
}

/// Those that can be reached from `host`.
std::vector<port::Endpoint> of_same_family(const std::vector<port::Endpoint>& endpoints,
                                           const port::IpAddress& host) {
  std::vector<port::Endpoint> result;
  for (const port::Endpoint& endpoint : endpoints) {
    if (posix::is_ipv4(endpoint.address) == posix::is_ipv4(host)) result.push_back(endpoint);
  }
  if (result.empty()) {
    throw_listen_failed(fmt::format("-I {} and the device's address {} are not of the same kind",
                                    posix::to_text(host), posix::to_text(endpoints.front().address)));
  }
  return result;
}

/// Not the proof of a password: it would let whoever reads the trace try passwords at leisure.
std::string traceable(std::string_view datagram) {
  return datagram.starts_with("200 ") ? "200 (answer to the challenge)" : fmt::format("{:?}", datagram);
}

}  // namespace

const wire::Key& PasswordKeyCache::key(std::string_view password, const wire::Salt& salt) {
  if (salt_ == salt && password_ == password) return key_;
  wire::PasswordKey derivation{password, salt};
  derivation.step(wire::pbkdf2_rounds);
  password_ = password;
  salt_ = salt;
  key_ = derivation.key();
  return key_;
}

/// Carries out what the exchange wants and tells it what happened, until it has finished.
class Contact::Driver {
 public:
  Driver(posix::EventLoop& loop, PasswordKeyCache& keys, const UploadOptions& options, const Target& target,
         std::optional<wire::Invitation> invitation, Owner& owner)
      : loop_{loop},
        keys_{keys},
        options_{options},
        target_{target},
        invitation_{invitation},
        owner_{owner} {}

  void start() {
    timer_ = loop_.after(milliseconds{0}, [this] { begin(); });
  }

  [[nodiscard]] const std::string& listening_at() const { return listening_at_; }

 private:
  void begin() try {
    InvitationPlan plan;
    plan.endpoints = open_sockets();
    plan.invitation = invitation_;
    plan.device_name = target_.name;
    plan.host_port = listener_->local_port();
    plan.listening_at = listening_at_;
    plan.password = options_.password;
    plan.first_hash = options_.first_hash;
    plan.extension = options_.extension;
    plan.encrypt = options_.encrypt;
    plan.answer_timeout = options_.answer_timeout;
    exchange_.emplace(std::move(plan), entropy_);
    exchange_->start(clock_.now());
    settle();
  } catch (const PushError& error) {
    end(error.failure);
  } catch (const std::system_error& error) {
    end(make_failure(UpdateError::network_failed, Stage::listen, error.what()));
  }

  /// Returns the endpoints that can be reached from there.
  std::vector<port::Endpoint> open_sockets() {
    if (const auto wanted = wanted_address(options_.host_address)) {
      std::vector<port::Endpoint> endpoints = of_same_family(target_.endpoints, *wanted);
      listen_on(*wanted);
      return endpoints;
    }
    const port::IpAddress any_ipv4 = *posix::parse_address("0.0.0.0");
    const bool ipv4 = has_ipv4(target_.endpoints);
    std::vector<port::Endpoint> all_ipv4 =
        ipv4 ? of_same_family(target_.endpoints, any_ipv4) : std::vector<port::Endpoint>{};
    if (ipv4 && all_ipv4.size() == target_.endpoints.size()) {
      listen_on(any_ipv4);
      return all_ipv4;
    }
    try {
      listen_on(*posix::parse_address("::"));  // takes IPv4, too
      return target_.endpoints;
    } catch (const PushError&) {
      if (!ipv4) throw;
      listen_on(any_ipv4);  // this computer has no IPv6
      return all_ipv4;
    }
  }

  void listen_on(const port::IpAddress& address) {
    try {
      listener_.emplace(loop_, address, options_.host_port, [this] { accept_connections(); });
    } catch (const std::system_error& error) {
      throw_listen_failed(error.what());
    }
    listening_at_ = posix::to_text(port::Endpoint{address, listener_->local_port(), 0});
    host_ = address;
    socket_.emplace(loop_, address, [this] { receive(); });
    socket_->report_undelivered();
    if (!socket_->open(0).ok()) {
      throw_listen_failed(
          fmt::format("no UDP socket on {}: {}", posix::to_text(address), std::strerror(errno)));
    }
  }

  /// Does what the exchange wants now, and sees to it that it is woken.
  void settle() {
    while (const auto datagram = exchange_->take_datagram()) send(*datagram);
    report_stage();
    if (exchange_->state() == State::dialling && !dial_) dial();
    if (exchange_->state() != State::dialling) dial_.reset();
    if (exchange_->state() == State::failed) return end(exchange_->failure());
    if (exchange_->state() == State::connected) return finish();
    const milliseconds left = std::max(exchange_->wake_at() - clock_.now(), milliseconds{0});
    timer_ = loop_.after(left, [this] {
      exchange_->tick(clock_.now());
      settle();
    });
  }

  void report_stage() {
    if (exchange_->finished() || stage_ == exchange_->stage()) return;
    stage_ = exchange_->stage();
    owner_.entered(*stage_);
  }

  void send(const InvitationExchange::Outgoing& datagram) {
    take_undelivered();
    report_stage();
    owner_.trace(fmt::format("sent: {}", traceable(datagram.text)));
    if (socket_->send(as_bytes(datagram.text), datagram.to).ok()) return;
    exchange_->trouble(clock_.now(), datagram.to, Trouble::not_sent, std::strerror(errno));
  }

  void receive() {
    take_undelivered();
    std::array<std::uint8_t, wire::longest_datagram_bytes> buffer{};
    while (const auto received = socket_->receive(buffer)) {
      const Bytes bytes = Bytes{buffer}.first(std::min(received->size_bytes, buffer.size()));
      owner_.trace(fmt::format("received: {:?}", as_text(bytes)));
      exchange_->datagram(clock_.now(), received->from, bytes);
    }
    settle();
  }

  void take_undelivered() {
    while (const auto undelivered = socket_->take_undelivered()) {
      const bool refused = undelivered->error == ECONNREFUSED;
      owner_.trace(fmt::format("not delivered to {}: {}", posix::to_text(undelivered->to),
                               std::strerror(undelivered->error)));
      exchange_->trouble(clock_.now(), undelivered->to, refused ? Trouble::refused : Trouble::unreachable,
                         std::strerror(undelivered->error));
    }
  }

  void accept_connections() {
    while (!stream_) {
      auto accepted = listener_->accept();
      if (!accepted) break;
      // Whoever is not the device is hung up on when `accepted` goes.
      if (exchange_->connection(clock_.now(), accepted->peer) == InvitationExchange::Welcome::stranger)
        continue;
      owner_.trace(fmt::format("connection from {}", posix::to_text(accepted->peer)));
      stream_ = std::move(accepted->stream);
    }
    if (stream_) listener_.reset();
    settle();
  }

  void dial() {
    const port::Endpoint to = exchange_->dial_to();
    owner_.trace(fmt::format("connecting to {}", posix::to_text(to)));
    dial_ = std::make_unique<posix::TcpStream>(loop_, host_, [this] { look_at_dial(); });
    if (!dial_->connect(to).ok()) dial_failed_ = loop_.after(milliseconds{0}, [this] { look_at_dial(); });
  }

  void look_at_dial() {
    if (!dial_ || dial_->state() == port::Stream::State::connecting) return;
    if (dial_->state() == port::Stream::State::open) {
      stream_ = std::move(dial_);
      exchange_->dialled(clock_.now());
    } else {
      const int error = dial_->connect_error();
      exchange_->dial_failed(clock_.now(), error == 0 ? "no socket for it" : std::strerror(error));
    }
    settle();
  }

  void finish() {
    Link link;
    link.protocol = exchange_->protocol();
    link.device = exchange_->device();
    link.stream = std::move(stream_);
    link.stream->set_ready({});
    if (link.protocol == Protocol::extension) {
      link.answer = exchange_->answer();
      const wire::Key& key = keys_.key(link.answer.password ? options_.password : "", link.answer.salt);
      link.session_key = wire::session_key(key, exchange_->request_sha256(), exchange_->answer_sha256());
      link.encrypted = options_.encrypt || link.answer.tls_required;
      if (link.encrypted && !encrypt(link, key)) {
        return end(make_failure(UpdateError::tls_failed, Stage::connect,
                                fmt::format("no encrypted connection to {} could be begun",
                                            device_text(target_.name, {&link.device, 1}))));
      }
    }
    link_ = std::move(link);
    close_sockets();
    timer_ = loop_.after(milliseconds{0}, [this] { owner_.connected(std::move(link_)); });
  }

  static bool encrypt(Link& link, const wire::Key& key) {
    wire::FrameBytes frame;
    const std::size_t size = wire::encode(wire::Secure{link.answer.nonce}, frame);
    const auto taken = link.stream->write(Bytes{frame}.first(size));
    return taken.ok() && taken.value() == size &&
           link.stream->start_tls(port::Stream::TlsRole::client, wire::tls_key(key)).ok();
  }

  /// Later, because the owner may destroy this object then.
  void end(const PushFailure& failure) {
    close_sockets();
    timer_ = loop_.after(milliseconds{0}, [this, failure] { owner_.failed(failure); });
  }

  void close_sockets() {
    socket_.reset();
    listener_.reset();
  }

  posix::EventLoop& loop_;
  PasswordKeyCache& keys_;
  const UploadOptions& options_;
  const Target& target_;
  std::optional<wire::Invitation> invitation_;
  Owner& owner_;
  posix::SteadyClock clock_;
  posix::SystemEntropy entropy_;
  port::IpAddress host_;
  std::string listening_at_;
  std::optional<posix::TcpListener> listener_;  ///< until the device has connected
  std::optional<posix::UdpSocket> socket_;
  std::optional<InvitationExchange> exchange_;
  std::optional<Stage> stage_;
  std::unique_ptr<posix::TcpStream> dial_;    ///< on its way
  std::unique_ptr<posix::TcpStream> stream_;  ///< stands
  Link link_;
  posix::Timer dial_failed_;  ///< at once
  posix::Timer timer_;
};

Contact::Contact(posix::EventLoop& loop, PasswordKeyCache& keys, const UploadOptions& options,
                 const Target& target, std::optional<wire::Invitation> invitation, Owner& owner)
    : driver_{std::make_unique<Driver>(loop, keys, options, target, invitation, owner)} {}

Contact::~Contact() = default;

void Contact::start() {
  driver_->start();
}

const std::string& Contact::listening_at() const {
  return driver_->listening_at();
}

}  // namespace airlift::cli
