// Configuration files, as the page's API reads, replaces and removes them.

#include <gtest/gtest.h>

#include "support/web_rig.hpp"

namespace airlift::web {
namespace {

using testing::FakeStream;
using testing::HttpAnswer;
using testing::request;
using testing::take_answer;

class WebFiles : public ::testing::Test, protected testing::WebRig {
 protected:
  void SetUp() override { start(); }
};

TEST_F(WebFiles, ReplaceConfigurationFiles) {
  const std::string text = "{" + std::string(5000, ' ') + "}";
  const std::string put = request("PUT /config.json", {}, text);
  for (const std::size_t piece : {put.size(), std::size_t{700}, std::size_t{1}}) {
    FakeStream& stream = connect();
    const HttpAnswer answer = say_in_pieces(stream, put, piece);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"restart":"needed"})");
    EXPECT_EQ(files.texts[1], text);
    files.texts[1] = "{}";
    EXPECT_EQ(say(stream, request("GET /config.json")).body, "{}");
    stream.peer_closes();
    run();
  }
}

TEST_F(WebFiles, SendConfigurationFilesOfAnySize) {
  for (const std::size_t size : {0U, 1U, 1023U, 1024U, 1025U, 16384U}) {
    files.texts[0] = std::string(size, 'x');
    EXPECT_EQ(ask(request("GET /env.json")).body, files.texts[0]) << size;
  }
  EXPECT_EQ(
      ask(request("GET /api/list")).body,
      R"([{"type":"file","name":"/env.json","size":"16384"},{"type":"file","name":"/config.json","size":"2"}])");
}

TEST_F(WebFiles, KeepTheOldFileWhenTheNewOneIsWrong) {
  const HttpAnswer answer = ask(request("PUT /env.json", {}, "[]"));
  EXPECT_EQ(answer.status, 422);
  EXPECT_NE(answer.body.find(R"("error":"bad_configuration")"), std::string::npos);
  EXPECT_NE(answer.body.find(R"("message":"line 1: not an object")"), std::string::npos);
  EXPECT_EQ(ask(request("PUT /env.json", "Content-Length: 0\r\n")).status, 422);
  EXPECT_EQ(files.texts[0], "{}");
  files.storage_fails = true;
  EXPECT_EQ(ask(request("PUT /env.json", {}, "{ }")).status, 500);
  EXPECT_EQ(ask(request("DELETE /env.json")).status, 500);
  EXPECT_EQ(files.texts[0], "{}");
}

TEST_F(WebFiles, RemoveConfigurationFiles) {
  EXPECT_EQ(ask(request("DELETE /env.json")).body, R"({"restart":"needed"})");
  EXPECT_FALSE(files.texts[0]);
  EXPECT_EQ(ask(request("DELETE /env.json")).status, 404);
  EXPECT_EQ(ask(request("GET /env.json")).status, 404);
  EXPECT_EQ(ask(request("GET /api/list")).body, R"([{"type":"file","name":"/config.json","size":"2"}])");
}

TEST_F(WebFiles, TakeOneConfigurationFileAtATime) {
  FakeStream& first = connect();
  first.deliver(request("PUT /env.json", "Content-Length: 5\r\n") + "{");
  run();
  FakeStream& second = connect();
  EXPECT_EQ(say(second, request("PUT /config.json", {}, "{ }")).status, 409);
  second.peer_closes();
  run();
  EXPECT_TRUE(files.taking());
  first.peer_closes();
  run();
  EXPECT_FALSE(files.taking());
  EXPECT_EQ(ask(request("PUT /env.json", {}, "{ }")).status, 200);
  EXPECT_EQ(files.texts[0], "{ }");
}

}  // namespace
}  // namespace airlift::web
