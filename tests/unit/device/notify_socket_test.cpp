#include "notify_socket.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "support/eventually.hpp"
#include "support/temp_directory.hpp"

namespace airlift::device {
namespace {

using posix::UniqueFd;

/// As sd_notify(3) does. Nothing when the socket cannot be reached.
std::optional<UniqueFd> connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return std::nullopt;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  UniqueFd fd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return std::nullopt;
  return fd;
}

bool send_text(int fd, std::string_view text) {
  return ::send(fd, text.data(), text.size(), MSG_DONTWAIT) == static_cast<ssize_t>(text.size());
}

/// `text` and one descriptor to go with it.
bool send_with(int fd, std::string_view text, int descriptor) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptor)> control{};
  iovec piece{const_cast<char*>(text.data()), text.size()};
  msghdr header{};
  header.msg_iov = &piece;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  cmsghdr* const rights = CMSG_FIRSTHDR(&header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
  return ::sendmsg(fd, &header, 0) == static_cast<ssize_t>(text.size());
}

/// What `in_child` returns, from a process of its own.
template <typename Function>
bool in_child(Function function) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(function() ? 0 : 1);
  int status{1};
  ::waitpid(child, &status, 0);
  return status == 0;
}

class Notified : public ::testing::Test {
 protected:
  NotifySocket open() { return open(directory.path()); }
  NotifySocket open(const std::string& path) {
    return {loop, path, [this](const NotifyMessage& message) { messages.push_back(message); }};
  }
  /// Everything that was sent before has been read.
  bool read_up_to(int fd, std::string_view last) {
    return send_text(fd, "STATUS=" + std::string{last}) &&
           testing::eventually(loop, [&] { return !messages.empty() && messages.back().status == last; });
  }

  testing::TempDirectory directory;
  posix::EventLoop loop;
  std::vector<NotifyMessage> messages;
};

TEST_F(Notified, HandsOutWhatComes) {
  const NotifySocket socket = open();
  EXPECT_EQ(socket.address(), directory / "notify");
  const auto client = connect_to(socket.address());
  ASSERT_TRUE(client);
  ASSERT_TRUE(send_text(client->get(), "READY=1"));
  ASSERT_TRUE(read_up_to(client->get(), "end"));
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_TRUE(messages[0].ready);
}

TEST_F(Notified, AnotherProcessOfTheUserMaySpeak) {
  const NotifySocket socket = open();
  EXPECT_TRUE(in_child([&] {
    const auto client = connect_to(socket.address());
    return client && send_text(client->get(), "READY=1");
  }));
  ASSERT_TRUE(testing::eventually(loop, [&] { return !messages.empty(); }));
  EXPECT_TRUE(messages[0].ready);
}

TEST_F(Notified, TheFileIsPrivateAndReplacesAnOldOne) {
  ::close(::creat((directory / "notify").c_str(), 0666));
  const NotifySocket socket = open();
  struct stat file {};
  ASSERT_EQ(::stat((directory / "notify").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode, S_IFSOCK | 0600U);
}

TEST_F(Notified, ALongPathIsReachedByAnotherProcessThroughProc) {
  const std::string deep = directory / std::string(150, 'd');
  ASSERT_EQ(::mkdir(deep.c_str(), 0700), 0);
  const NotifySocket socket = open(deep);
  EXPECT_EQ(socket.address().rfind("/proc/" + std::to_string(::getpid()) + "/fd/", 0), 0U);
  EXPECT_TRUE(in_child([&] {
    const auto client = connect_to(socket.address());
    return client && send_text(client->get(), "READY=1");
  }));
  EXPECT_TRUE(testing::eventually(loop, [&] { return !messages.empty(); }));
}

TEST_F(Notified, WhereItCannotListenItThrowsWithThePath) {
  for (const std::string& path : {directory / "missing", directory.write("file", "")}) {
    try {
      const NotifySocket socket = open(path);
      ADD_FAILURE() << path;
    } catch (const std::system_error& error) {
      EXPECT_NE(std::string{error.what()}.find("cannot listen at " + path + "/notify"), std::string::npos)
          << error.what();
    }
  }
}

TEST_F(Notified, TooLongAMessageIsIgnored) {
  const NotifySocket socket = open();
  const auto client = connect_to(socket.address());
  ASSERT_TRUE(client && send_text(client->get(), "READY=1\n" + std::string(longest_notify_bytes, 'x')));
  ASSERT_TRUE(read_up_to(client->get(), "end"));
  EXPECT_EQ(messages.size(), 1U);
}

TEST_F(Notified, DescriptorsAreClosedAndTheirMessageCounts) {
  const NotifySocket socket = open();
  const auto client = connect_to(socket.address());
  ASSERT_TRUE(client);
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  const UniqueFd read_end{ends[0]};
  UniqueFd write_end{ends[1]};
  ASSERT_TRUE(send_with(client->get(), "READY=1", write_end.get()));
  write_end.reset();
  char byte{};
  EXPECT_EQ(::read(read_end.get(), &byte, 1), -1) << "it waits in the message";
  ASSERT_TRUE(read_up_to(client->get(), "end"));
  EXPECT_TRUE(messages[0].ready);
  EXPECT_EQ(::read(read_end.get(), &byte, 1), 0) << "nobody has the other end any more";
}

TEST_F(Notified, AnotherUserIsNotHeard) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  const NotifySocket socket = open();
  const auto client = connect_to(socket.address());
  ASSERT_TRUE(client);
  constexpr uid_t nobody{65534};
  EXPECT_TRUE(in_child([&] { return ::setuid(nobody) == 0 && send_text(client->get(), "READY=1"); }));
  ASSERT_TRUE(read_up_to(client->get(), "end"));
  EXPECT_EQ(messages.size(), 1U);
}

}  // namespace
}  // namespace airlift::device
