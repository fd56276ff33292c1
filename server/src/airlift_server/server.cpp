#include "airlift_server/server.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/v6_only.hpp>
#include <asio/redirect_error.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "airlift_posix/address.hpp"
#include "airlift_posix/certificate_files.hpp"
#include "airlift_posix/descriptor_limit.hpp"
#include "airlift_server/connection.hpp"

namespace airlift::server {
namespace {

using asio::ip::tcp;
using std::chrono::seconds;

constexpr std::size_t most_connections{4096};
constexpr std::size_t other_descriptors{64};  ///< for files, and what the libraries open
constexpr std::size_t accepted_at_once{64};
constexpr seconds sweep_interval{1};
constexpr seconds farewell{10};  ///< for downloads, when the server ends

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "airlift";
}

bool make_private_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), error);
  return mkdir(path.c_str(), S_IRWXU) == 0 || std::filesystem::is_directory(path, error);
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, port::Log& log) : options_{std::move(options)}, log_{log} {}

  [[nodiscard]] bool open();
  void run();
  [[nodiscard]] const Channels& channels() const { return service_->channels(); }
  [[nodiscard]] std::string_view fingerprint() const {
    return certificate_ ? certificate_->fingerprint() : std::string_view{};
  }

 private:
  using Certificate = std::unique_ptr<posix::CertificateFiles>;

  void error(const std::string& message) { log_.write(port::LogLevel::error, "serve", message); }
  [[nodiscard]] Certificate open_certificate();
  [[nodiscard]] bool listen(tcp::acceptor& acceptor, std::uint16_t port);
  [[nodiscard]] std::error_code listen_on(tcp::acceptor& acceptor, const tcp::endpoint& endpoint);
  [[nodiscard]] tcp::endpoint endpoint(std::uint16_t port) const;

  asio::awaitable<void> accept(tcp::acceptor& acceptor, bool tls);
  asio::awaitable<void> sweep();
  asio::awaitable<void> obey_signals();
  void take_waiting(tcp::acceptor& acceptor, bool tls);
  void make_room();
  void reload();
  void close();

  ServerOptions options_;
  port::Log& log_;
  std::size_t connection_limit_{most_connections};
  std::optional<Service> service_;
  Certificate certificate_;
  RequestLog request_log_{STDOUT_FILENO, options_.log_format};
  std::optional<Hub> hub_;
  asio::io_context io_{1};  // its destruction ends connections, which leave the hub: behind it
  tcp::acceptor plain_{io_};
  tcp::acceptor encrypted_{io_};
  asio::signal_set signals_{io_, SIGINT, SIGTERM, SIGHUP};
  SteadyClock::time_point end_{SteadyClock::time_point::max()};
};

bool Server::Impl::open() {
  auto access = read_access(options_.access, log_);
  if (!access) return false;
  service_.emplace(options_.directory, std::move(*access), log_);
  if (!service_->look_at_all()) {
    error(fmt::format("{}: {}", options_.directory, std::strerror(errno)));
    return false;
  }
  hub_.emplace(Hub{*service_, request_log_, {}, false, false});
  const std::size_t descriptors = posix::raise_descriptor_limit();
  if (descriptors > other_descriptors) {
    connection_limit_ = std::min(most_connections, descriptors - other_descriptors);
  }
  if (options_.https_port != 0 && !(certificate_ = open_certificate())) return false;
  return (options_.http_port == 0 || listen(plain_, options_.http_port)) &&
         (options_.https_port == 0 || listen(encrypted_, options_.https_port));
}

Server::Impl::Certificate Server::Impl::open_certificate() {
  if (options_.certificate.empty() && !make_private_directory(options_.state_directory)) {
    error(fmt::format("{}: {}", options_.state_directory, std::strerror(errno)));
    return nullptr;
  }
  auto certificate = std::make_unique<posix::CertificateFiles>(
      posix::CertificateFiles::Places{".", options_.state_directory,
                                      options_.bind.value_or(port::IpAddress{})},
      log_);
  if (!certificate->open(options_.certificate, options_.key, host_name()).ok()) return nullptr;
  prepare_for_serving(certificate->context());
  return certificate;
}

tcp::endpoint Server::Impl::endpoint(std::uint16_t port) const {
  tcp::endpoint endpoint{tcp::v6(), port};
  if (!options_.bind) return endpoint;
  const auto address = posix::to_socket_address({*options_.bind, port, 0}, posix::family_of(*options_.bind));
  endpoint.resize(address->size);
  std::memcpy(endpoint.data(), address->get(), address->size);
  return endpoint;
}

bool Server::Impl::listen(tcp::acceptor& acceptor, std::uint16_t port) {
  std::error_code failure = listen_on(acceptor, endpoint(port));
  // Every address, where there is no IPv6.
  if (failure && !options_.bind) failure = listen_on(acceptor, {tcp::v4(), port});
  if (failure) error(fmt::format("port {}: {}", port, failure.message()));
  return !failure;
}

std::error_code Server::Impl::listen_on(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  std::error_code failure;
  std::error_code ignored;
  acceptor.close(ignored);
  acceptor.open(endpoint.protocol(), failure);
  if (!failure) acceptor.set_option(tcp::acceptor::reuse_address{true}, failure);
  if (!failure && !options_.bind && endpoint.protocol() == tcp::v6()) {
    acceptor.set_option(asio::ip::v6_only{false}, failure);
  }
  if (!failure) acceptor.bind(endpoint, failure);
  if (!failure) acceptor.listen(tcp::acceptor::max_listen_connections, failure);
  if (!failure) acceptor.non_blocking(true, failure);
  return failure;
}

void Server::Impl::run() {
  std::signal(SIGPIPE, SIG_IGN);
  if (plain_.is_open()) asio::co_spawn(io_, accept(plain_, false), asio::detached);
  if (encrypted_.is_open()) asio::co_spawn(io_, accept(encrypted_, true), asio::detached);
  asio::co_spawn(io_, obey_signals(), asio::detached);
  asio::co_spawn(io_, sweep(), asio::detached);
  io_.run();
  request_log_.flush();
}

asio::awaitable<void> Server::Impl::accept(tcp::acceptor& acceptor, bool tls) {
  std::error_code failure;
  while (!failure) {
    co_await acceptor.async_wait(tcp::acceptor::wait_read,
                                 asio::redirect_error(asio::use_awaitable, failure));
    if (!failure) take_waiting(acceptor, tls);
  }
}

void Server::Impl::take_waiting(tcp::acceptor& acceptor, bool tls) {
  for (std::size_t i = 0; i < accepted_at_once; ++i) {
    std::error_code failure;
    tcp::socket socket{io_};
    acceptor.accept(socket, failure);
    if (failure) return;
    socket.non_blocking(true, failure);
    socket.set_option(tcp::no_delay{true}, failure);
    auto connection =
        std::make_unique<Connection>(*hub_, std::move(socket), tls ? certificate_->context() : nullptr);
    if (hub_->connections.size() > connection_limit_) make_room();
    asio::co_spawn(io_, Connection::run(std::move(connection)), asio::detached);
  }
}

/// Ends whoever has been keeping a place without asking for anything for longest; the newest one, at worst.
void Server::Impl::make_room() {
  Connection* longest{nullptr};
  for (Connection* each : hub_->connections) {
    const bool waits = each->waits_for_peer() && !each->given_up();
    if (waits && (longest == nullptr || each->since() < longest->since())) longest = each;
  }
  if (longest != nullptr) longest->give_up();
}

asio::awaitable<void> Server::Impl::sweep() {
  asio::steady_timer timer{io_};
  while (!hub_->closing || (!hub_->connections.empty() && SteadyClock::now() < end_)) {
    std::error_code ignored;
    timer.expires_after(hub_->closing ? std::chrono::milliseconds{50} : sweep_interval);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    for (Connection* each : hub_->connections) each->expire(SteadyClock::now());
    request_log_.flush();
  }
  io_.stop();
}

asio::awaitable<void> Server::Impl::obey_signals() {
  for (;;) {
    const int signal = co_await signals_.async_wait(asio::use_awaitable);
    if (signal == SIGHUP) {
      reload();
    } else if (hub_->closing) {
      end_ = SteadyClock::now();
    } else {
      close();
    }
  }
}

/// What cannot be read stays as it was.
void Server::Impl::reload() {
  if (options_.https_port != 0) {
    if (auto certificate = open_certificate()) certificate_ = std::move(certificate);
  }
  if (auto access = read_access(options_.access, log_)) service_->set_access(std::move(*access));
  if (!service_->look_at_all()) error(fmt::format("{}: {}", options_.directory, std::strerror(errno)));
  log_.write(port::LogLevel::info, "serve", "read certificate, tokens and folder anew");
}

void Server::Impl::close() {
  log_.write(port::LogLevel::info, "serve", "ending, when downloads have ended");
  std::error_code ignored;
  plain_.close(ignored);
  encrypted_.close(ignored);
  hub_->closing = true;
  end_ = SteadyClock::now() + farewell;
  for (Connection* each : hub_->connections) {
    if (each->is_idle()) each->give_up();
  }
}

Server::Server(ServerOptions options, port::Log& log)
    : impl_{std::make_unique<Impl>(std::move(options), log)} {}
Server::~Server() = default;
bool Server::open() {
  return impl_->open();
}
const Channels& Server::channels() const {
  return impl_->channels();
}
std::string_view Server::fingerprint() const {
  return impl_->fingerprint();
}
void Server::run() {
  impl_->run();
}

}  // namespace airlift::server
