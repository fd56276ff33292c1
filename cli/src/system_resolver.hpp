#pragma once
// The system's resolver (hosts file, DNS) without waiting for it: glibc's getaddrinfo_a asks in a thread of
// its own.

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "airlift/port/network.hpp"
#include "airlift_posix/event_loop.hpp"

namespace airlift::cli {

class SystemResolver {
 public:
  /// `addresses` is empty when the system knows no such host; ports are 0.
  using Answer = std::function<void(const std::string& host, const std::vector<port::Endpoint>& addresses)>;

  /// `answer` is called from the loop, never from ask().
  SystemResolver(posix::EventLoop& loop, Answer answer);
  ~SystemResolver();
  SystemResolver(const SystemResolver&) = delete;
  SystemResolver& operator=(const SystemResolver&) = delete;

  void ask(const std::string& host);

 private:
  struct Request;

  void look();

  posix::EventLoop& loop_;
  Answer answer_;
  std::list<std::unique_ptr<Request>> requests_;
  posix::Timer timer_;
};

}  // namespace airlift::cli
