// The page, and what everybody may ask.

#include <gtest/gtest.h>

#include "support/web_rig.hpp"

namespace airlift::web {
namespace {

using testing::HttpAnswer;
using testing::request;

class WebPage : public ::testing::Test, protected testing::WebRig {};

TEST_F(WebPage, IsSentCompressedUnderAllItsNames) {
  start();
  for (const char* path : {"/", "/index.html", "/update"}) {
    const HttpAnswer answer =
        ask(request(std::string{"GET "} + path, "Accept-Encoding: deflate, gzip;q=1.0\r\n"));
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.body, testing::page_bytes);
    EXPECT_EQ(answer.header("Content-Encoding"), "gzip");
    EXPECT_EQ(answer.header("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(answer.header("ETag"), "\"etag\"");
    EXPECT_NE(answer.header("Content-Security-Policy").find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
  }
}

TEST_F(WebPage, ShowsTheState) {
  start();
  const HttpAnswer answer = ask(request("GET /api/state"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(
      answer.body,
      R"({"device/0":{"active":"true","name":"lamp","title":"","description":"","room":"","mode":"normal",)"
      R"("safemode":"false","sd":"true","homepage":"/"},)"
      R"("ota/0":{"active":"true","mode":"normal","safemode":"false","phase":"idle","board":"board-id",)"
      R"("slot":"none","trial":"none","capacity":"8192","slot.A":"empty","slot.B":"empty"},)"
      R"("web/0":{"active":"true"}})");
}

TEST_F(WebPage, IsElsewhereWhenTheDeviceHasAnotherHomePage) {
  set("device", "homepage", "http://192.0.2.1:8080/app");
  start();
  const HttpAnswer answer = ask(request("GET /"));
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(answer.header("Location"), "http://192.0.2.1:8080/app");
  EXPECT_EQ(ask(request("GET /index.html", "Accept-Encoding: gzip\r\n")).body, testing::page_bytes);
}

TEST_F(WebPage, AfterResetsThePasswordOpensABareDeviceInSafeMode) {
  board.set_resets(3);
  set("device", "safemode", "true");
  set("ota", "passwd", "secret");
  start();
  EXPECT_EQ(ask(request("GET /api/login")).body.find(R"("safemode":"true")"), std::string::npos);
  EXPECT_EQ(ask(testing::upload(testing::test_image(3000))).status, 401);
}

TEST_F(WebPage, AfterResetsABareDeviceWithoutPasswordStaysInSafeMode) {
  board.set_resets(3);
  set("device", "safemode", "true");
  start();
  EXPECT_EQ(ask(testing::upload(testing::test_image(3000))).status, 403);
}

TEST_F(WebPage, TakesAnUpload) {
  start();
  const std::string image = testing::test_image(3000);
  const HttpAnswer answer = ask(testing::upload(image));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "Update Success! Rebooting...");
  EXPECT_EQ(storage.staged_image(), image);
  EXPECT_EQ(system.reboots, 1);
}

}  // namespace
}  // namespace airlift::web
