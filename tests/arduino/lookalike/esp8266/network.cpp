// WiFi on the loopback interface.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "ESP8266WiFi.h"
#include "ESP8266mDNS.h"
#include "WiFiUdp.h"
#include "lookalike.hpp"

ESP8266WiFiClass WiFi;
MDNSResponder MDNS;

IPAddress ESP8266WiFiClass::localIP() {
  const auto& own = lookalike::chip().address;
  return {own[0], own[1], own[2], own[3]};
}

namespace {

sockaddr_in socket_address(IPAddress ip, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  auto* bytes = reinterpret_cast<std::uint8_t*>(&result.sin_addr);
  for (int i = 0; i < 4; ++i) bytes[i] = ip[i];
  return result;
}

IPAddress ip_of(const sockaddr_in& address) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&address.sin_addr);
  return {bytes[0], bytes[1], bytes[2], bytes[3]};
}

const sockaddr* as_address(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

int bound_socket(int type, std::uint16_t port) {
  const int made = ::socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on{1};
  if (type == SOCK_STREAM) ::setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const sockaddr_in here = socket_address(WiFi.localIP(), port);
  if (::bind(made, as_address(here), sizeof(here)) == 0) return made;
  ::close(made);
  return -1;
}

struct Service {
  std::string type;
  std::uint16_t port{0};
  std::map<std::string, std::string> txt;
};
std::string host;
std::map<const void*, Service> services;

}  // namespace

struct WiFiClient::Socket {
  explicit Socket(int made) : number{made} {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { ::close(number); }
  int number;
};

WiFiClient::WiFiClient(int socket) : socket_{std::make_shared<Socket>(socket)} {}

int WiFiClient::connect(IPAddress ip, std::uint16_t port) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  socket_ = std::make_shared<Socket>(made);
  const sockaddr_in here = socket_address(WiFi.localIP(), 0);
  const sockaddr_in there = socket_address(ip, port);
  ::bind(made, as_address(here), sizeof(here));
  ::connect(made, as_address(there), sizeof(there));
  pollfd wait{made, POLLOUT, 0};
  int error{0};
  socklen_t size{sizeof(error)};
  const bool connected = ::poll(&wait, 1, static_cast<int>(timeout_ms_)) == 1 &&
                         ::getsockopt(made, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
  if (!connected) socket_.reset();
  return connected ? 1 : 0;
}

std::size_t WiFiClient::write(const std::uint8_t* bytes, std::size_t size) {
  if (!socket_) return 0;
  const ssize_t sent = ::send(socket_->number, bytes, size, MSG_NOSIGNAL);
  return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

/// As lwIP with its small send buffer.
int WiFiClient::availableForWrite() {
  return socket_ ? 536 : 0;
}

int WiFiClient::available() {
  int count{0};
  if (!socket_ || ::ioctl(socket_->number, FIONREAD, &count) != 0) return 0;
  return std::min(count, 2920);
}

int WiFiClient::read(std::uint8_t* into, std::size_t size) {
  return socket_ ? static_cast<int>(::recv(socket_->number, into, size, 0)) : 0;
}

std::uint8_t WiFiClient::connected() {
  if (!socket_) return 0;
  char byte{};
  const ssize_t peeked = ::recv(socket_->number, &byte, 1, MSG_PEEK);
  return peeked > 0 || (peeked < 0 && errno == EAGAIN) ? 1 : 0;
}

bool WiFiClient::stop(unsigned int) {
  socket_.reset();
  return true;
}

void WiFiClient::setNoDelay(bool on) {
  const int value{on ? 1 : 0};
  if (socket_) ::setsockopt(socket_->number, IPPROTO_TCP, TCP_NODELAY, &value, sizeof(value));
}

IPAddress WiFiClient::remoteIP() {
  sockaddr_in peer{};
  socklen_t size{sizeof(peer)};
  if (socket_) ::getpeername(socket_->number, reinterpret_cast<sockaddr*>(&peer), &size);
  return ip_of(peer);
}

std::uint16_t WiFiClient::remotePort() {
  sockaddr_in peer{};
  socklen_t size{sizeof(peer)};
  if (socket_) ::getpeername(socket_->number, reinterpret_cast<sockaddr*>(&peer), &size);
  return ntohs(peer.sin_port);
}

void WiFiServer::begin(std::uint16_t port) {
  stop();
  port_ = port;
  socket_ = bound_socket(SOCK_STREAM, port);
  if (socket_ >= 0) ::listen(socket_, 5);
}

void WiFiServer::stop() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

bool WiFiServer::hasClient() {
  pollfd wait{socket_, POLLIN, 0};
  return socket_ >= 0 && ::poll(&wait, 1, 0) == 1;
}

WiFiClient WiFiServer::accept() {
  const int made = ::accept4(socket_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  return made < 0 ? WiFiClient{} : WiFiClient{made};
}

std::uint8_t WiFiUDP::begin(std::uint16_t port) {
  stop();
  socket_ = bound_socket(SOCK_DGRAM, port);
  return socket_ >= 0 ? 1 : 0;
}

void WiFiUDP::stop() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

int WiFiUDP::parsePacket() {
  incoming_.resize(1500);
  sockaddr_in from{};
  socklen_t size{sizeof(from)};
  const ssize_t got =
      ::recvfrom(socket_, incoming_.data(), incoming_.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
  incoming_.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  remote_ = ip_of(from);
  remote_port_ = ntohs(from.sin_port);
  return static_cast<int>(incoming_.size());
}

int WiFiUDP::read(unsigned char* into, std::size_t size) {
  const std::size_t count = std::min(size, incoming_.size());
  std::copy_n(incoming_.begin(), count, into);
  incoming_.erase(incoming_.begin(), incoming_.begin() + static_cast<std::ptrdiff_t>(count));
  return static_cast<int>(count);
}

int WiFiUDP::beginPacket(IPAddress ip, std::uint16_t port) {
  outgoing_.clear();
  to_ = ip;
  to_port_ = port;
  return socket_ >= 0 ? 1 : 0;
}

std::size_t WiFiUDP::write(const std::uint8_t* bytes, std::size_t size) {
  outgoing_.insert(outgoing_.end(), bytes, bytes + size);
  return size;
}

int WiFiUDP::endPacket() {
  const sockaddr_in there = socket_address(to_, to_port_);
  const ssize_t sent =
      ::sendto(socket_, outgoing_.data(), outgoing_.size(), 0, as_address(there), sizeof(there));
  return sent == static_cast<ssize_t>(outgoing_.size()) ? 1 : 0;
}

bool MDNSResponder::begin(const char* name) {
  host = name;
  return running_ = true;
}

bool MDNSResponder::setHostname(const char* name) {
  host = name;
  return true;
}

MDNSResponder::hMDNSService MDNSResponder::addService(const char*, const char* type, const char* protocol,
                                                      std::uint16_t port) {
  static char handles[16];
  const void* handle = &handles[services.size() % sizeof(handles)];
  services[handle] = {std::string{type} + "." + protocol, port, {}};
  return handle;
}

bool MDNSResponder::removeService(hMDNSService service) {
  return services.erase(service) == 1;
}

MDNSResponder::hMDNSTxt MDNSResponder::addServiceTxt(hMDNSService service, const char* key,
                                                     const char* value) {
  return &(services.at(service).txt[key] = value);
}

bool MDNSResponder::update() {
  return true;
}

std::string lookalike::advertised() {
  std::string text;
  for (const auto& [handle, service] : services) {
    text += host + " " + service.type + " " + std::to_string(service.port);
    for (const auto& [key, value] : service.txt) text += " " + key + "=" + value;
    text += "\n";
  }
  return text;
}
