// Images that come through the page.

#include <gtest/gtest.h>

#include "airlift/boot/history.hpp"
#include "airlift/http/limits.hpp"
#include "airlift/wire/invitation.hpp"
#include "support/web_rig.hpp"

namespace airlift::web {
namespace {

using testing::FakeStream;
using testing::form_type;
using testing::form_with;
using testing::HttpAnswer;
using testing::request;
using testing::take_answer;
using testing::test_image;
using Direct = element::DirectUpload;

constexpr std::string_view form{"Content-Type: application/x-www-form-urlencoded\r\n"};
constexpr std::string_view json{"Accept: application/json\r\n"};

class WebUpload : public ::testing::Test, protected testing::WebRig {
 protected:
  void SetUp() override { start(); }

  /// The head of an upload, and of its body as much as `part` is of it.
  FakeStream& begin(std::string_view image, std::size_t bytes, std::uint8_t last = 1) {
    FakeStream& stream = connect(last);
    const std::string body = form_with(image);
    stream.deliver(
        request("POST /update", form_type() + "Content-Length: " + std::to_string(body.size()) + "\r\n"));
    stream.deliver(body.substr(0, bytes));
    run();
    return stream;
  }
  void close(FakeStream& stream) {
    stream.peer_closes();
    run();
  }
  [[nodiscard]] bool idle() const { return ota.direct_upload().state() == Direct::State::idle; }
  [[nodiscard]] boot::HistoryEntry last_update() { return storage.history.recent().entries[0]; }
  void expect_nothing_installed() {
    EXPECT_TRUE(idle());
    EXPECT_EQ(storage.staged_image(), "");
    EXPECT_EQ(system.reboots, 0);
    // And nothing is left over that would hinder the next one.
    const std::string image = test_image(500, 9);
    EXPECT_EQ(ask(testing::upload(image)).body, "Update Success! Rebooting...");
    EXPECT_EQ(storage.staged_image(), image);
  }
};

TEST_F(WebUpload, InstallsHoweverItIsCut) {
  const std::string image = test_image(3500);
  const std::string text = testing::upload(image);
  for (const std::size_t piece : {text.size(), std::size_t{1000}, std::size_t{37}, std::size_t{1}}) {
    FakeStream& stream = connect();
    stream.written.clear();
    for (std::size_t at = 0; at < text.size(); at += piece) {
      stream.deliver(text.substr(at, piece));
      run();
    }
    const HttpAnswer answer = take_answer(stream.written);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "Update Success! Rebooting...");
    EXPECT_EQ(answer.header("Content-Type"), "text/html");
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_EQ(storage.staged_image(), image);
    close(stream);
  }
}

TEST_F(WebUpload, TakesAFilesystem) {
  const std::string image = test_image(2000);
  EXPECT_EQ(ask(testing::upload(image, "filesystem")).body, "Update Success! Rebooting...");
  EXPECT_EQ(storage.staged_image(image::Kind::filesystem), image);
  EXPECT_EQ(storage.staged_image(), "");
}

TEST_F(WebUpload, RestartsWhenTheBrowserKnows) {
  FakeStream& stream = connect();
  EXPECT_EQ(say(stream, testing::upload(test_image(100))).status, 200);
  EXPECT_EQ(system.reboots, 0);
  EXPECT_FALSE(idle());
  close(stream);
  EXPECT_EQ(system.reboots, 1);
  EXPECT_TRUE(idle());
  EXPECT_TRUE(log.contains("accepted a firmware of 100 bytes from browser 192.0.2.1"));
  EXPECT_TRUE(log.contains("100 bytes installed, restarting"));
}

TEST_F(WebUpload, RestartsWhenTheBrowserDoesNotClose) {
  FakeStream& stream = connect();
  EXPECT_EQ(say(stream, testing::upload(test_image(100))).status, 200);
  run(http::linger_timeout - milliseconds{1});
  EXPECT_EQ(system.reboots, 0);
  run(milliseconds{1});
  run();
  EXPECT_EQ(system.reboots, 1);
}

TEST_F(WebUpload, TellsTheHistoryWhoBroughtIt) {
  EXPECT_EQ(ask(testing::upload(test_image(100)), 7).status, 200);
  EXPECT_EQ(last_update().source.view(), "browser 192.0.2.7");
  EXPECT_EQ(last_update().result, boot::UpdateResult::installed);
  EXPECT_EQ(last_update().time_s, calendar.time_s);
}

TEST_F(WebUpload, AnswersInJsonWhoAsksForIt) {
  const HttpAnswer good = ask(testing::upload(test_image(100), "firmware", json));
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(good.body, R"({"result":"installed"})");
  const HttpAnswer bad = ask(testing::upload("", "firmware", json));
  EXPECT_EQ(bad.status, 422);
  EXPECT_NE(bad.body.find(R"("error":"bad_size","number":"5")"), std::string::npos);
}

TEST_F(WebUpload, LetsWhoWaitsGoOn) {
  FakeStream& stream = connect();
  const std::string image = test_image(100);
  const std::string body = form_with(image);
  stream.deliver(request("POST /update", form_type() + "Expect: 100-continue\r\nContent-Length: " +
                                             std::to_string(body.size()) + "\r\n"));
  run();
  EXPECT_EQ(stream.written, "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(say(stream, body).body, "Update Success! Rebooting...");
}

// What is not taken

TEST_F(WebUpload, RefusesAnImageThatIsTooLargeBeforeItIsSent) {
  const std::string image(testing::test_firmware_bytes + 2000, 'x');
  FakeStream& stream = begin(image, 300);
  EXPECT_EQ(take_answer(stream.written).body.substr(0, 24), "Update error: ERROR[4]: ");
  close(stream);
  const HttpAnswer answer = ask(testing::upload(image, "firmware", json));
  EXPECT_EQ(answer.status, 413);
  EXPECT_NE(answer.body.find(R"("error":"no_space")"), std::string::npos);
  // A number of its size does not fit into 32 bits.
  const HttpAnswer huge = ask(request("POST /update", form_type() + "Content-Length: 5000000000\r\n") +
                              form_with("x").substr(0, 200));
  EXPECT_EQ(huge.body.substr(0, 24), "Update error: ERROR[4]: ");
  expect_nothing_installed();
}

TEST_F(WebUpload, RefusesWhatIsNoImage) {
  EXPECT_EQ(ask(testing::upload("")).body.substr(0, 23), "Update error: ERROR[5]:");
  EXPECT_EQ(ask(testing::upload("x", "other")).body.substr(0, 24), "Update error: ERROR[89]:");
  const std::string text = testing::upload("x");
  EXPECT_EQ(ask(text.substr(0, text.size() - 3) + "x\r\n").body.substr(0, 24), "Update error: ERROR[42]:");
  expect_nothing_installed();
}

TEST_F(WebUpload, InstallsNothingWhoseWrappingIsDamaged) {
  const std::string image = test_image(100);
  std::string body = form_with(image);
  body[body.size() - 4] = 'x';
  EXPECT_EQ(ask(request("POST /update", form_type(), body)).body.substr(0, 24), "Update error: ERROR[42]:");
  EXPECT_EQ(storage.staged_image(), "");
  // Without its last line end: where the file ends would be a guess.
  EXPECT_EQ(ask(request("POST /update", form_type(), form_with(image).substr(0, form_with(image).size() - 2)))
                .body.substr(0, 24),
            "Update error: ERROR[42]:");
  EXPECT_EQ(last_update().cause, UpdateError::bad_message);
  expect_nothing_installed();
}

TEST_F(WebUpload, EndsWhenItIsCut) {
  const std::string image = test_image(3000);
  const std::size_t whole = form_with(image).size();
  for (const std::size_t bytes :
       {std::size_t{0}, std::size_t{20}, std::size_t{200}, std::size_t{1500}, whole - 1}) {
    FakeStream& stream = begin(image, bytes);
    close(stream);
    EXPECT_EQ(stream.state(), port::Stream::State::closed);
    EXPECT_TRUE(idle()) << bytes;
    EXPECT_EQ(storage.staged_image(), "");
  }
  EXPECT_EQ(last_update().cause, UpdateError::connection_lost);
  EXPECT_TRUE(log.contains("upload failed after 3000 of 3000 bytes"));
  expect_nothing_installed();
}

TEST_F(WebUpload, EndsWhenItIsBroken) {
  FakeStream& stream = begin(test_image(3000), 1500);
  stream.breaks();
  run();
  EXPECT_EQ(stream.state(), port::Stream::State::closed);
  expect_nothing_installed();
}

TEST_F(WebUpload, EndsWhenNothingComes) {
  const std::string body = form_with(test_image(3000));
  FakeStream& stream = begin(test_image(3000), 1500);
  for (int i = 0; i < 5; ++i) {  // slow is not stalled
    run(http::body_timeout - milliseconds{1});
    stream.deliver(body.substr(1500 + static_cast<std::size_t>(i), 1));
    run();
  }
  EXPECT_EQ(stream.written, "");
  run(http::body_timeout);
  EXPECT_EQ(take_answer(stream.written).body.substr(0, 23), "Update error: ERROR[6]:");
  close(stream);
  EXPECT_EQ(last_update().cause, UpdateError::stalled);
  expect_nothing_installed();
}

TEST_F(WebUpload, EndsWhenTheFlashFails) {
  storage.flash.fail_change(5, testing::FakeFlash::Fault::refuse);
  EXPECT_EQ(ask(testing::upload(test_image(3000))).body.substr(0, 21), "Update error: ERROR[1");
  EXPECT_TRUE(idle());
  EXPECT_EQ(system.reboots, 0);
}

TEST_F(WebUpload, EndsWhenTheDeviceStops) {
  FakeStream& stream = begin(test_image(3000), 1500);
  board.stop();
  EXPECT_EQ(stream.state(), port::Stream::State::closed);
  EXPECT_EQ(storage.staged_image(), "");
  EXPECT_FALSE(plain.listening_port);
}

TEST_F(WebUpload, EndsWhenTheOtaElementStops) {
  FakeStream& stream = begin(test_image(3000), 1500);
  ota.stop();
  run();
  EXPECT_EQ(take_answer(stream.written).body.substr(0, 24), "Update error: ERROR[59]:");  // cancelled
  close(stream);
  EXPECT_EQ(storage.staged_image(), "");
}

TEST_F(WebUpload, EndsWhenTheWebElementStops) {
  begin(test_image(3000), 1500);
  web.stop();
  run();
  EXPECT_TRUE(idle());
  EXPECT_EQ(last_update().cause, UpdateError::connection_lost);
}

// Several at once

TEST_F(WebUpload, OneAtATime) {
  const std::string image = test_image(3000);
  FakeStream& first = begin(image, 1500, 1);
  FakeStream& second = connect(2);
  const HttpAnswer answer = say(second, testing::upload(test_image(100, 2), "firmware", json));
  EXPECT_EQ(answer.status, 409);
  EXPECT_NE(answer.body.find(R"("error":"busy")"), std::string::npos);
  close(second);
  EXPECT_FALSE(idle());
  EXPECT_EQ(say(first, form_with(image).substr(1500)).body, "Update Success! Rebooting...");
  EXPECT_EQ(storage.staged_image(), image);
  // Until the first one knows, too.
  FakeStream& third = connect(3);
  EXPECT_EQ(say(third, testing::upload("x", "firmware", json)).status, 409);
  close(third);
  close(first);
  EXPECT_EQ(system.reboots, 1);
}

TEST_F(WebUpload, NotBesideAnUploadFromTheArduinoIde) {
  const std::string image = test_image(3000);
  const auto invitation =
      wire::format_invitation({wire::Command::firmware, 50000, static_cast<std::uint32_t>(image.size()),
                               crypto::md5(as_bytes(image))});
  socket.deliver(testing::test_endpoint(5, 40000), invitation);
  run();
  EXPECT_EQ(socket.last_sent(), "OK");
  ota_stream.deliver(image.substr(0, 1000));
  run();
  FakeStream& stream = connect();
  EXPECT_EQ(say(stream, testing::upload("x", "firmware", json)).status, 409);
  EXPECT_EQ(say(connect(2), request("POST /api/offer", form, "kind=firmware&size=5")).status, 409);
  ota_stream.deliver(image.substr(1000));
  run();
  EXPECT_EQ(storage.staged_image(), image);
}

TEST_F(WebUpload, KeepsTheArduinoIdeWaiting) {
  FakeStream& stream = begin(test_image(3000), 1500);
  socket.deliver(testing::test_endpoint(5, 40000),
                 wire::format_invitation({wire::Command::firmware, 50000, 10, crypto::md5(as_bytes("x"))}));
  run();
  EXPECT_EQ(socket.last_sent(), "ERR: another upload is running");
  close(stream);
}

// Offers

TEST_F(WebUpload, JudgesAnOffer) {
  const auto offer = [this](std::string_view body) { return ask(request("POST /api/offer", form, body)); };
  EXPECT_EQ(offer("kind=firmware&size=100&trailer=").body, R"({"accepted":"true"})");
  EXPECT_EQ(offer("size=100&kind=filesystem").status, 200);
  EXPECT_EQ(offer("kind=firmware&size=0").status, 422);
  EXPECT_EQ(offer("kind=firmware&size=" + std::to_string(testing::test_firmware_bytes + 1000)).status, 413);
  for (const char* damaged : {"kind=firmware", "size=100", "kind=other&size=100", "kind=firmware&size=1e3",
                              "kind=firmware&size=-1", "kind=firmware&size=100&trailer=1",
                              "kind=firmware&size=100&trailer=xx", "kind=firmware&size=99999999999"}) {
    EXPECT_EQ(offer(damaged).status, 400) << damaged;
  }
  const std::string longest(2 * image::longest_trailer_bytes, '0');
  EXPECT_EQ(offer("kind=filesystem&size=4000&trailer=" + longest).status, 200);
  EXPECT_EQ(offer("kind=filesystem&size=4000&trailer=00" + longest).status, 400);
  EXPECT_TRUE(idle());
  EXPECT_EQ(storage.history.recent().count, 0U);
}

}  // namespace
}  // namespace airlift::web
