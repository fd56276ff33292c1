#include "system_resolver.hpp"

#include <netdb.h>

#include <chrono>

#include "airlift_posix/address.hpp"

namespace airlift::cli {
namespace {

/// getaddrinfo_a tells by a signal, by a thread, or when it is asked.
constexpr std::chrono::milliseconds look_interval{20};

}  // namespace

struct SystemResolver::Request {
  explicit Request(std::string name) : host{std::move(name)} {
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_ADDRCONFIG;
    call.ar_name = host.c_str();
    call.ar_request = &hints;
  }
  ~Request() {
    if (call.ar_result != nullptr) freeaddrinfo(call.ar_result);
  }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  [[nodiscard]] std::vector<port::Endpoint> addresses() const {
    std::vector<port::Endpoint> result;
    for (const addrinfo* entry = call.ar_result; entry != nullptr; entry = entry->ai_next) {
      result.push_back(posix::to_endpoint(entry->ai_addr));
    }
    return result;
  }

  std::string host;
  addrinfo hints{};
  gaicb call{};
};

SystemResolver::SystemResolver(posix::EventLoop& loop, Answer answer)
    : loop_{loop}, answer_{std::move(answer)} {}

SystemResolver::~SystemResolver() {
  for (auto& request : requests_) {
    // What cannot be cancelled is still written to by glibc's thread: it must stay until the program ends.
    if (gai_cancel(&request->call) == EAI_NOTCANCELED) static_cast<void>(request.release());
  }
}

void SystemResolver::ask(const std::string& host) {
  auto& request = requests_.emplace_back(std::make_unique<Request>(host));
  gaicb* calls[]{&request->call};
  // When it cannot begin, gai_error() says so.
  static_cast<void>(getaddrinfo_a(GAI_NOWAIT, calls, 1, nullptr));
  timer_ = loop_.after(look_interval, [this] { look(); });
}

void SystemResolver::look() {
  for (auto request = requests_.begin(); request != requests_.end();) {
    if (gai_error(&(*request)->call) == EAI_INPROGRESS) {
      ++request;
      continue;
    }
    const std::unique_ptr<Request> done = std::move(*request);
    request = requests_.erase(request);
    answer_(done->host, done->addresses());
  }
  if (!requests_.empty()) timer_ = loop_.after(look_interval, [this] { look(); });
}

}  // namespace airlift::cli
