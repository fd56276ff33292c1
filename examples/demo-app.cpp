// The application of a demo device. It tells its version to whoever connects to the unix socket app.sock in
// $AIRLIFT_RUN_DIR, so that one can ask what is running now instead of believing the uploader:
//   demo-app                started by airlift-device: serves until it is stopped, and says that it is alive
//   demo-app --ask SOCKET   asks a serving one and prints its answer

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace {

constexpr std::string_view answer{"version " DEMO_APP_VERSION "\n"};

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// A socket and the address of `path`. Goes into the path's folder and uses the bare name, because an address
/// holds 107 characters only and paths may be longer.
int make_socket(const std::filesystem::path& path, sockaddr_un& address) {
  if (path.has_parent_path()) std::filesystem::current_path(path.parent_path());
  const std::string name{path.filename()};
  if (name.size() >= sizeof address.sun_path) throw std::runtime_error{"the socket's name is too long"};
  address = {};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
  const int fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (fd < 0) fail("socket");
  return fd;
}

/// Tells the supervisor, sd_notify(3). Without one: nothing.
void notify(std::string_view text) {
  const char* const path{std::getenv("NOTIFY_SOCKET")};
  if (path == nullptr) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t length{std::strlen(path)};
  if (length >= sizeof address.sun_path) throw std::runtime_error{"NOTIFY_SOCKET is too long"};
  std::memcpy(address.sun_path, path, length + 1);
  const int fd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  const auto sent =
      ::sendto(fd, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (sent < 0) fail("notify");
  ::close(fd);
}

/// How often the supervisor is told WATCHDOG=1: twice as often as it wants, sd_watchdog_enabled(3). -1: it
/// does not want it.
int watchdog_interval_ms() {
  const char* const period_us{std::getenv("WATCHDOG_USEC")};
  return period_us == nullptr ? -1 : static_cast<int>(std::strtol(period_us, nullptr, 10) / 2000);
}

/// For one who has connected, or has gone again.
void answer_one(int listener) {
  const int client{::accept(listener, nullptr, nullptr)};
  if (client < 0) return;
  // An answer that cannot be sent is the asker's loss only.
  [[maybe_unused]] const auto sent = ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
  ::close(client);
}

[[noreturn]] void serve(const std::filesystem::path& path) {
  sockaddr_un address;
  const int listener{make_socket(path, address)};
  ::unlink(address.sun_path);  // left behind by the application before this one
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("bind");
  if (::listen(listener, 8) != 0) fail("listen");
  notify("READY=1");
  const int interval_ms{watchdog_interval_ms()};
  while (true) {
    pollfd waiting{listener, POLLIN, 0};
    if (::poll(&waiting, 1, interval_ms) > 0) answer_one(listener);
    if (interval_ms >= 0) notify("WATCHDOG=1");
  }
}

void ask(const std::filesystem::path& path) {
  sockaddr_un address;
  const int server{make_socket(path, address)};
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
  std::string reply(64, '\0');
  const auto count = ::recv(server, reply.data(), reply.size(), MSG_WAITALL);
  if (count < 0) fail("recv");
  reply.resize(static_cast<std::size_t>(count));
  std::cout << reply;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc == 3 && std::string_view{argv[1]} == "--ask") {
      ask(argv[2]);
      return 0;
    }
    const char* const folder{std::getenv("AIRLIFT_RUN_DIR")};
    if (argc != 1 || folder == nullptr) {
      std::cerr
          << "usage: demo-app --ask SOCKET; without it, airlift-device starts it and sets AIRLIFT_RUN_DIR\n";
      return 2;
    }
    serve(std::filesystem::path{folder} / "app.sock");
  } catch (const std::exception& error) {
    std::cerr << "demo-app: " << error.what() << '\n';
    return 1;
  }
}
