// A real connection over loopback, with time as the test says it.
#include "airlift_server/connection.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>

#include "airlift_posix/unique_fd.hpp"
#include "folders.hpp"

namespace airlift::server {
namespace {

using asio::ip::tcp;
using std::chrono::seconds;
using testing::KeptLog;
using testing::UpdateFolder;

constexpr std::size_t image_bytes{std::size_t{8} << 20};
constexpr int buffer_bytes{65536};  ///< of either side's kernel: the rest of the image has to wait

class ConnectionTest : public ::testing::Test {
 protected:
  ConnectionTest() {
    folder_.write("lamp/stable/firmware.bin", std::string(image_bytes, 'x'));
    EXPECT_TRUE(service_.look_at_all());
    tcp::acceptor acceptor{io_, {asio::ip::address_v4::loopback(), 0}};
    client_.open(tcp::v4());
    client_.set_option(tcp::socket::receive_buffer_size{buffer_bytes});
    client_.connect(acceptor.local_endpoint());
    tcp::socket socket = acceptor.accept();
    socket.non_blocking(true);
    socket.set_option(tcp::socket::send_buffer_size{buffer_bytes});
    asio::co_spawn(io_, Connection::run(std::make_unique<Connection>(hub_, std::move(socket), nullptr)),
                   asio::detached);
    client_.send(asio::buffer(std::string_view{"GET /lamp/stable HTTP/1.0\r\n\r\n"}));
    client_.non_blocking(true);
  }

  /// Whether the server still has the client; `limit` passes for it.
  bool lives_after(seconds limit) {
    io_.poll();
    now_ += limit;
    for (Connection* each : hub_.connections) each->expire(now_);
    io_.poll();
    return !hub_.connections.empty();
  }

  /// Reads on, at most to `total` bytes. False: the server has ended the connection.
  bool read_until(std::size_t total) {
    std::vector<char> room(image_bytes);
    while (received_ < total) {
      io_.poll();
      std::error_code error;
      received_ +=
          client_.read_some(asio::buffer(room.data(), std::min(room.size(), total - received_)), error);
      if (error && error != asio::error::would_block) return false;
    }
    return true;
  }

  UpdateFolder folder_;
  KeptLog log_;
  Service service_{folder_.path(), Access{}, log_};
  posix::UniqueFd null_{::open("/dev/null", O_WRONLY | O_CLOEXEC)};
  RequestLog request_log_{null_.get(), LogFormat::text};
  Hub hub_{service_, request_log_, {}, false, false};
  asio::io_context io_;
  tcp::socket client_{io_};
  SteadyClock::time_point now_{SteadyClock::now()};
  std::size_t received_{0};
};

TEST_F(ConnectionTest, AClientThatTakesNothingIsEnded) {
  EXPECT_TRUE(read_until(1));
  EXPECT_TRUE(lives_after(seconds{31}));  // the kernels' buffers have taken some
  EXPECT_TRUE(lives_after(seconds{29}));
  int limits{0};
  while (lives_after(seconds{31})) ASSERT_LT(++limits, 3);
  EXPECT_FALSE(read_until(image_bytes));
}

TEST_F(ConnectionTest, AClientThatTakesLittleByLittleGetsAll) {
  constexpr std::size_t taken{image_bytes / 8};
  for (std::size_t total = taken; total < image_bytes; total += taken) {
    ASSERT_TRUE(read_until(total));
    ASSERT_TRUE(lives_after(seconds{31})) << total;
  }
  EXPECT_TRUE(read_until(image_bytes));
}

}  // namespace
}  // namespace airlift::server
