#include "push.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include "airlift_posix/address.hpp"
#include "airlift_posix/steady_clock.hpp"
#include "airlift_posix/system_entropy.hpp"
#include "airlift_posix/tcp_listener.hpp"
#include "airlift_posix/udp_socket.hpp"
#include "interrupt.hpp"
#include "target_finder.hpp"

namespace airlift::cli {
namespace {

[[noreturn]] void throw_listen_failed(std::string message) {
  throw PushError{make_failure(UpdateError::listen_failed, Stage::listen, std::move(message))};
}

/// The address to listen on: the user's, or any of the device's family.
port::IpAddress host_address(const PushOptions& options, const port::Endpoint& device) {
  const bool ipv4 = posix::is_ipv4(device.address);
  const std::string any = ipv4 ? "0.0.0.0" : "::";
  const auto address = posix::parse_address(options.host_address.empty() ? any : options.host_address);
  if (!address) throw_listen_failed(fmt::format("-I {} is not an IP address", options.host_address));
  if (posix::is_any(*address)) return *posix::parse_address(any);
  if (posix::is_ipv4(*address) != ipv4) {
    throw_listen_failed(fmt::format("-I {} and the device's address {} are not of the same kind",
                                    options.host_address, posix::to_text(device.address)));
  }
  return *address;
}

posix::TcpListener make_listener(posix::EventLoop& loop, const port::IpAddress& address, std::uint16_t port) {
  try {
    return posix::TcpListener{loop, address, port};
  } catch (const std::system_error& error) {
    throw_listen_failed(error.what());
  }
}

/// Carries out what the session wants and tells it what happened, until it has finished.
class Driver {
 public:
  Driver(posix::EventLoop& loop, const Interrupt& interrupt, UploadFile& file, PushObserver& observer,
         posix::TcpListener listener, posix::UdpSocket& socket, PushPlan plan)
      : loop_{loop},
        interrupt_{interrupt},
        file_{file},
        observer_{observer},
        listener_{std::move(listener)},
        socket_{socket},
        device_{plan.device},
        session_{std::move(plan), entropy_} {}

  void run(PushReport& report) {
    const Instant begin = clock_.now();
    session_.start(begin);
    for (settle(); !session_.finished(); settle()) {
      loop_.iterate(std::max(session_.wake_at() - clock_.now(), milliseconds{0}));
      if (interrupt_.requested()) session_.cancel();
      receive_datagrams();
      accept_connections();
      read_answers();
      write_file();
      session_.tick(clock_.now());
    }
    if (stream_) stream_->close();
    report.duration = clock_.now() - begin;
    report.sent_bytes = session_.bytes_sent();
    if (session_.state() == PushSession::State::failed) report.failure = session_.failure();
  }

 private:
  /// Sends what is to be sent and tells the observer what is new.
  void settle() {
    if (const auto datagram = session_.take_datagram()) send(*datagram);
    if (session_.bytes_sent() != reported_bytes_) {
      reported_bytes_ = session_.bytes_sent();
      observer_.progress(reported_bytes_);
    }
    if (session_.state() == reported_state_) return;
    reported_state_ = session_.state();
    observer_.entered(reported_state_);
  }

  void send(const std::string& datagram) {
    observer_.datagram("sent", datagram);
    if (socket_.send(as_bytes(datagram), device_).ok()) return;
    session_.fail(
        make_failure(UpdateError::no_answer, session_.stage(),
                     fmt::format("cannot send to {}: {}", posix::to_text(device_), std::strerror(errno))));
  }

  void receive_datagrams() {
    std::array<std::uint8_t, wire::longest_datagram_bytes> buffer{};
    while (const auto received = socket_.receive(buffer)) {
      const Bytes bytes = Bytes{buffer}.first(std::min(received->size_bytes, buffer.size()));
      observer_.datagram("received", as_text(bytes));
      session_.datagram(clock_.now(), received->from, bytes);
      settle();
    }
  }

  void accept_connections() {
    while (listener_) {
      auto accepted = listener_->accept();
      if (!accepted) return;
      // Whoever is not the device is hung up on when `accepted` goes.
      if (session_.connection(clock_.now(), accepted->peer) == PushSession::Welcome::stranger) continue;
      stream_ = std::move(accepted->stream);
      listener_.reset();
      settle();
    }
  }

  void read_answers() {
    std::array<std::uint8_t, 4096> buffer{};
    while (stream_ && !end_of_answers_ && !session_.finished()) {
      const auto read = stream_->read(buffer);
      if (!read.ok()) return session_.connection_broken(clock_.now());
      end_of_answers_ = read.value().end_of_data;
      if (end_of_answers_) return session_.connection_closed(clock_.now());
      if (read.value().count == 0) return;
      session_.answers(clock_.now(), Bytes{buffer}.first(read.value().count));
    }
  }

  /// Offers bytes until the connection has no more room; it wakes the loop when it has again.
  void write_file() try {
    while (session_.bytes_to_send() > 0) {
      const Bytes piece = file_.piece(session_.bytes_sent(), session_.bytes_to_send());
      const auto taken = stream_->write(piece);
      if (!taken.ok()) return session_.connection_broken(clock_.now());
      session_.bytes_taken(clock_.now(), taken.value());
      settle();
      if (taken.value() < piece.size()) return;
    }
  } catch (const PushError& error) {
    session_.fail(error.failure);
  }

  posix::EventLoop& loop_;
  const Interrupt& interrupt_;
  UploadFile& file_;
  PushObserver& observer_;
  std::optional<posix::TcpListener> listener_;  ///< until the device has connected
  posix::UdpSocket& socket_;
  port::Endpoint device_;
  posix::SteadyClock clock_;
  posix::SystemEntropy entropy_;
  PushSession session_;
  std::unique_ptr<posix::TcpStream> stream_;
  bool end_of_answers_{false};
  std::uint32_t reported_bytes_{0};
  PushSession::State reported_state_{PushSession::State::idle};
};

PushPlan make_plan(const PushOptions& options, const UploadFile& file, const PushReport& report,
                   std::uint16_t listening_port) {
  const std::string address = posix::to_text(report.device);
  PushPlan plan;
  plan.invitation = {options.command, listening_port, file.size_bytes(), file.md5()};
  plan.device = report.device;
  plan.device_text =
      address.starts_with(report.device_name) ? address : fmt::format("{} ({})", report.device_name, address);
  plan.listening_at = report.listening_at;
  plan.password = options.password;
  plan.first_hash = options.first_hash;
  plan.answer_timeout = options.answer_timeout;
  return plan;
}

void push_into(PushReport& report, const PushOptions& options, PushObserver& observer) {
  posix::EventLoop loop;
  const Interrupt interrupt{loop};
  UploadFile file{options.file, options.signed_file};
  report.file = file.path();
  report.replaced_by_signed = file.replaced_by_signed();
  report.size_bytes = file.size_bytes();

  const Target target = find_one(loop, interrupt, options.device, options.device_port);
  report.device_name = target.name;
  report.device = target.endpoints.front();

  const port::IpAddress host = host_address(options, report.device);
  posix::TcpListener listener = make_listener(loop, host, options.host_port);
  const std::uint16_t listening_port = listener.local_port();
  report.listening_at = posix::to_text(port::Endpoint{host, listening_port, 0});
  posix::UdpSocket socket{loop, host};
  if (!socket.open(0).ok()) {
    throw_listen_failed(fmt::format("no UDP socket on {}: {}", posix::to_text(host), std::strerror(errno)));
  }
  observer.ready(report);
  Driver driver{loop,
                interrupt,
                file,
                observer,
                std::move(listener),
                socket,
                make_plan(options, file, report, listening_port)};
  driver.run(report);
}

}  // namespace

PushReport push(const PushOptions& options, PushObserver& observer) {
  PushReport report;
  report.file = options.file;
  report.device_name = options.device;
  try {
    push_into(report, options, observer);
  } catch (const PushError& error) {
    report.failure = error.failure;
  } catch (const std::system_error& error) {
    report.failure = make_failure(UpdateError::network_failed, Stage::listen, error.what());
  }
  return report;
}

}  // namespace airlift::cli
