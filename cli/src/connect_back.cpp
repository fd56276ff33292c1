#include "connect_back.hpp"

#include <fmt/format.h>

#include <system_error>

#include "airlift_posix/address.hpp"
#include "airlift_posix/system_entropy.hpp"

namespace airlift::cli {
namespace {

[[noreturn]] void throw_listen_failed(std::string message) {
  throw PushError{make_failure(UpdateError::listen_failed, Stage::listen, std::move(message))};
}

port::IpAddress host_for(const UploadOptions& options, const port::Endpoint& device) {
  const std::string any = posix::is_ipv4(device.address) ? "0.0.0.0" : "::";
  const auto wanted = posix::parse_address(options.host_address.empty() ? any : options.host_address);
  if (!wanted) throw_listen_failed(fmt::format("-I {} is not an IP address", options.host_address));
  return *wanted;
}

posix::TcpListener listener_on(posix::EventLoop& loop, const port::IpAddress& host, std::uint16_t port,
                               std::function<void()> ready) {
  try {
    return posix::TcpListener{loop, host, port, std::move(ready)};
  } catch (const std::system_error& error) {
    throw_listen_failed(error.what());
  }
}

}  // namespace

ConnectBack::ConnectBack(posix::EventLoop& loop, const UploadOptions& options, const port::Endpoint& device,
                         Done done)
    : loop_{loop},
      device_{device},
      host_{host_for(options, device)},
      done_{std::move(done)},
      listener_{listener_on(loop, host_, options.host_port, [this] { accept(); })},
      socket_{loop, host_} {
  wire::ExtensionRequest request;
  request.purpose = wire::ExtensionRequest::Purpose::status;
  request.host_port = listener_.local_port();
  posix::SystemEntropy entropy;
  if (!entropy.fill(request.cnonce).ok() || !socket_.open(0).ok()) {
    throw_listen_failed(fmt::format("no UDP socket on {}", posix::to_text(host_)));
  }
  request_ = wire::format_extension_request(request).view();
  end_ = loop_.after(patience, [this] { end(false); });
  ask();
}

std::string ConnectBack::listening_at() const {
  return posix::to_text(port::Endpoint{host_, listener_.local_port(), 0});
}

/// The device's answer need not be read: its connection says the same.
void ConnectBack::ask() {
  [[maybe_unused]] const Status sent = socket_.send(as_bytes(request_), device_);
  again_ = loop_.after(again_after, [this] { ask(); });
}

void ConnectBack::accept() {
  while (const auto accepted = listener_.accept()) {
    if (accepted->peer.address != device_.address) continue;
    end_ = loop_.after(milliseconds{0}, [this] { end(true); });
    again_.reset();
  }
}

void ConnectBack::end(bool connected) {
  const Done done = std::move(done_);
  done(connected);
}

}  // namespace airlift::cli
