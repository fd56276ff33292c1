#include "airlift_server/service.hpp"

#include <gtest/gtest.h>

#include "folders.hpp"

namespace airlift::server {
namespace {

using testing::KeptLog;
using testing::UpdateFolder;

struct ServiceTest : ::testing::Test {
  UpdateFolder folder;
  KeptLog log;
  Service service{folder.path(), Access{}, log};
  AskedHeaders headers;
  Moment now{Instant{seconds{1000}}, 0};

  Reply ask(std::string_view authorization = {}, http::Method method = http::Method::get,
            std::string_view path = "/lamp/stable", std::optional<std::uint64_t> body = {}) {
    http::Request request;
    request.method = method;
    request.path = path;
    request.authorization = authorization;
    request.keep_alive = true;
    request.content_length = body;
    return service.reply(request, headers, port::IpAddress{}, now);
  }
  void later(seconds time) { now.steady += time; }
};

TEST_F(ServiceTest, GivesContentAndStays) {
  folder.write("lamp/stable/firmware.bin", "content");
  const Reply reply = ask();
  EXPECT_EQ(reply.answer.status, 200);
  EXPECT_EQ(as_text(reply.content->bytes()), "content");
  EXPECT_EQ(reply.ending, Ending::keep_alive);
  const Reply head = ask({}, http::Method::head);
  EXPECT_EQ(head.answer.status, 200);
  EXPECT_EQ(head.answer.body_bytes(), 0U);
  EXPECT_FALSE(head.content);
  EXPECT_EQ(ask({}, http::Method::head, "/nowhere").answer.body_bytes(), 0U);
}

TEST_F(ServiceTest, WantsNoBodies) {
  folder.write("lamp/stable/firmware.bin", "content");
  EXPECT_EQ(ask({}, http::Method::get, "/lamp/stable", 0).ending, Ending::keep_alive);
  const Reply with_body = ask({}, http::Method::get, "/lamp/stable", 5);
  EXPECT_EQ(with_body.answer.status, 413);
  EXPECT_EQ(with_body.ending, Ending::close);
  const Reply post = ask({}, http::Method::post, "/lamp/stable", 5);
  EXPECT_EQ(post.answer.status, 405);
  EXPECT_EQ(post.ending, Ending::close);
}

TEST_F(ServiceTest, LooksOnceASecond) {
  EXPECT_EQ(ask().answer.status, 404);
  folder.write("lamp/stable/firmware.bin", "content");
  EXPECT_EQ(ask().answer.status, 404);
  later(Service::look_interval);
  EXPECT_EQ(ask().answer.status, 200);
  folder.remove("lamp/stable/firmware.bin");
  EXPECT_EQ(ask().answer.status, 200);
  later(Service::look_interval);
  EXPECT_EQ(ask().answer.status, 404);
}

TEST_F(ServiceTest, LetsGoOfWhatIsNotOfferedAnyMore) {
  folder.write("lamp/stable/firmware.bin", "content");
  const std::weak_ptr<const Content> content = ask().content;
  EXPECT_FALSE(content.expired());
  folder.remove("lamp/stable/firmware.bin");
  later(Service::look_interval);
  EXPECT_EQ(ask().answer.status, 404);
  EXPECT_TRUE(content.expired());
}

TEST_F(ServiceTest, AsksToComeAgainWhileAFileChanges) {
  folder.write("lamp/stable/firmware.bin", "content");
  ASSERT_TRUE(service.look_at_all());
  EXPECT_EQ(ask({}, http::Method::head).answer.status, 200);  // has looked now, and nothing in memory
  folder.write("lamp/stable/firmware.bin", "changed");
  const Reply reply = ask();
  EXPECT_EQ(reply.answer.status, 503);
  EXPECT_EQ(reply.answer.retry_after_s, 1);
  later(Service::look_interval);
  EXPECT_EQ(as_text(ask().content->bytes()), "changed");
}

TEST_F(ServiceTest, SlowsDownWhoGuesses) {
  service.set_access(Access{std::vector<Token>{{"lamp", crypto::sha256(as_bytes("secret"))}}, std::nullopt});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask().delay.count(), 0);  // asking without one is no guess
  for (int i = 0; i < GuessBrake::free_guesses; ++i) {
    const Reply reply = ask("Bearer wrong");
    EXPECT_EQ(reply.answer.status, 401);
    EXPECT_EQ(reply.delay.count(), 0);
  }
  EXPECT_EQ(ask("Bearer wrong").delay, GuessBrake::first_wait);
  const Reply right = ask("Bearer secret");
  EXPECT_EQ(right.answer.status, 404);
  EXPECT_EQ(right.token, "lamp");
  for (std::size_t i = 0; i < Service::most_delayed; ++i) service.begin_delay();
  const Reply too_many = ask("Bearer wrong");
  EXPECT_EQ(too_many.answer.status, 429);
  EXPECT_EQ(too_many.delay.count(), 0);
  EXPECT_GT(too_many.answer.retry_after_s, 0);
  service.end_delay();
  EXPECT_EQ(ask("Bearer wrong").answer.status, 401);
}

TEST_F(ServiceTest, ReadsWhoMay) {
  folder.write("tokens", "lamp " + std::string(64, 'a') + "\n");
  folder.write("password", "user:word\nmore\n");
  folder.write("wrong", "no hex\n");
  const auto read = [&](const char* tokens, const char* password) {
    const auto path = [&](const char* name) { return *name == '\0' ? std::string{} : folder / name; };
    return read_access({path(tokens), path(password)}, log);
  };
  EXPECT_EQ(read("", "")->judge("").verdict, Access::Verdict::granted);
  EXPECT_EQ(read("tokens", "")->judge("").verdict, Access::Verdict::missing);
  EXPECT_EQ(read("", "password")->judge("Basic dXNlcjp3b3Jk").verdict, Access::Verdict::granted);
  EXPECT_TRUE(log.lines.empty());
  EXPECT_FALSE(read("wrong", ""));
  EXPECT_FALSE(read("missing", ""));
  EXPECT_FALSE(read("", "missing"));
  EXPECT_FALSE(read("", "tokens"));  // no colon
  ASSERT_EQ(log.lines.size(), 4U);
  EXPECT_NE(log.lines[0].find("wrong, line 1: not"), std::string::npos);
}

}  // namespace
}  // namespace airlift::server
