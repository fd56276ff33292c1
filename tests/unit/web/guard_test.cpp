// Who may do what, asked as a browser and as a tool would.

#include <gtest/gtest.h>

#include "support/web_rig.hpp"

namespace airlift::web {
namespace {

using testing::HttpAnswer;
using testing::request;

constexpr std::string_view right{"Authorization: Basic OnNlY3JldA==\r\n"};  // :secret
constexpr std::string_view wrong{"Authorization: Basic Ondyb25n\r\n"};      // :wrong
constexpr std::string_view form{"Content-Type: application/x-www-form-urlencoded\r\n"};
constexpr std::string_view browser{"User-Agent: Mozilla/5.0 (X11)\r\n"};

class WebGuard : public ::testing::Test, protected testing::WebRig {
 protected:
  void start_with_password() {
    set("ota", "passwd", "secret");
    start();
  }
  int status(std::string_view line, std::string_view headers = {}, std::string_view body = {}) {
    return ask(request(line, headers, body)).status;
  }
  HttpAnswer log_in(std::string_view password = "secret", std::string_view headers = {},
                    std::uint8_t last = 1) {
    return ask(request("POST /api/login", std::string{form}.append(headers),
                       std::string{"password="}.append(password)),
               last);
  }
  /// The headers of who has logged in.
  struct Browser {
    std::string cookie;
    std::string csrf;
    [[nodiscard]] std::string both() const { return cookie + csrf; }
  };
  Browser logged_in() {
    const HttpAnswer answer = log_in();
    EXPECT_EQ(answer.status, 200);
    const std::string cookie = answer.header("Set-Cookie");
    return {"Cookie: " + cookie.substr(0, cookie.find(';')) + "\r\n",
            "X-CSRF-Token: " + answer.body.substr(9, 64) + "\r\n"};
  }
  void expire_tries() { now += element::TryLimiter::forget_after; }
};

// Routes

struct RouteRow {
  const char* line;
  int open;      ///< the status for who has no password, where there is none
  int stranger;  ///< for who has no password, where there is one
  int safe;      ///< for who has the password, in safe mode
  int user;      ///< for who has the password
};

constexpr RouteRow route_table[]{
    {"GET /", 200, 200, 200, 200},
    {"GET /index.html", 200, 200, 200, 200},
    {"GET /update", 200, 200, 200, 200},
    {"HEAD /", 200, 200, 200, 200},
    {"GET /api/login", 200, 200, 200, 200},
    {"GET /api/sysinfo", 200, 401, 200, 200},
    {"HEAD /api/sysinfo", 200, 401, 200, 200},
    {"GET /api/elements", 200, 401, 200, 200},
    {"GET /api/state", 200, 401, 200, 200},
    {"GET /api/state/ota/0", 200, 401, 200, 200},
    {"GET /api/state/ota/1", 404, 401, 404, 404},
    {"GET /api/state/ota/0?a=b", 400, 401, 403, 400},
    {"GET /api/list", 200, 401, 200, 200},
    {"GET /env.json", 200, 401, 200, 200},
    {"GET /config.json", 200, 401, 200, 200},
    {"POST /update", 411, 401, 403, 411},
    {"POST /api/offer", 400, 401, 403, 400},
    {"GET /api/reboot", 200, 401, 403, 200},
    {"POST /api/reboot", 200, 401, 403, 200},
    {"PUT /env.json", 411, 401, 403, 411},
    {"DELETE /env.json", 200, 401, 403, 200},
    {"POST /api/logout", 200, 200, 200, 200},
    {"GET /nothing", 404, 404, 404, 404},
    {"POST /", 405, 405, 405, 405},
    {"DELETE /api/state", 405, 405, 405, 405},
    {"PATCH /update", 405, 405, 405, 405},
    {"OPTIONS /update", 204, 204, 204, 204},
    {"OPTIONS /nothing", 404, 404, 404, 404},
};
constexpr std::string_view gzip{"Accept-Encoding: gzip\r\n"};

TEST_F(WebGuard, LetsEverybodyInWhereThereIsNoPassword) {
  start();
  for (const RouteRow& row : route_table) EXPECT_EQ(status(row.line, gzip), row.open) << row.line;
}

TEST_F(WebGuard, LetsNobodyInWithoutThePassword) {
  start_with_password();
  for (const RouteRow& row : route_table) EXPECT_EQ(status(row.line, gzip), row.stranger) << row.line;
  EXPECT_EQ(system.reboots, 0);
  EXPECT_TRUE(files.texts[0]);
}

TEST_F(WebGuard, LetsWhoHasThePasswordIn) {
  start_with_password();
  for (const RouteRow& row : route_table) {
    EXPECT_EQ(status(row.line, std::string{gzip}.append(right)), row.user) << row.line;
  }
  EXPECT_EQ(system.reboots, 2);
  EXPECT_FALSE(files.texts[0]);
}

TEST_F(WebGuard, ChangesNothingInSafeMode) {
  set("device", "safemode", "true");
  start_with_password();
  for (const RouteRow& row : route_table) {
    EXPECT_EQ(status(row.line, std::string{gzip}.append(right)), row.safe) << row.line;
  }
  EXPECT_EQ(system.reboots, 0);
  const HttpAnswer answer = ask(testing::upload("image", "firmware", right));
  EXPECT_EQ(answer.status, 403);
  EXPECT_NE(answer.body.find(R"("error":"safe_mode","number":"23","message":"safe mode")"), std::string::npos)
      << answer.body;
}

TEST_F(WebGuard, ChangesNothingByPlainHttpWhereProtectionIsRequired) {
  for (const std::string_view property : {"extension", "encryption"}) {
    testing::WebRig rig;
    rig.set("ota", property, "required");
    rig.start();
    EXPECT_EQ(rig.ask(request("GET /api/state")).status, 200) << property;
    const HttpAnswer answer = rig.ask(testing::upload("image", "firmware", "Accept: application/json\r\n"));
    EXPECT_EQ(answer.status, 403) << property;
    EXPECT_NE(answer.body.find("encryption_required"), std::string::npos) << answer.body;
    EXPECT_EQ(rig.ask(request("POST /api/reboot")).status, 403) << property;
  }
}

// Passwords

TEST_F(WebGuard, AsksToolsForThePasswordAndPagesNot) {
  start_with_password();
  const auto challenge = [this](std::string_view headers) {
    return ask(request("GET /api/state", headers)).header("WWW-Authenticate");
  };
  EXPECT_EQ(challenge(""), "Basic realm=\"airlift\", charset=\"UTF-8\"");
  EXPECT_EQ(challenge("Accept: */*\r\n"), "Basic realm=\"airlift\", charset=\"UTF-8\"");
  EXPECT_EQ(challenge("Accept: application/json\r\n"), "");
  EXPECT_EQ(challenge("Accept: text/event-stream\r\n"), "");
}

TEST_F(WebGuard, CountsWrongPasswordsWhereverTheyAreTried) {
  start_with_password();
  testing::FakeStream& stream = connect();
  EXPECT_EQ(say(stream, request("GET /api/state", wrong)).status, 401);
  EXPECT_EQ(say(stream, request("POST /api/login", form, "password=wrong")).status, 401);
  EXPECT_EQ(say(stream, request("GET /api/state", wrong)).status, 401);  // the third: now it has to wait
  const HttpAnswer answer = say(stream, request("POST /api/login", form, "password=secret"));
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.header("Retry-After"), "1");
  EXPECT_EQ(say(stream, request("GET /api/state", right)).status, 429);
}

TEST_F(WebGuard, IsSlowWithGuessersAndNotWithOthers) {
  start_with_password();
  const auto guess = [this](testing::FakeStream& stream, std::string_view password) {
    return say(stream, request("GET /api/state", password)).status;
  };
  testing::FakeStream& guesser = connect(1);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(guess(guesser, wrong), 401);
  EXPECT_EQ(guess(guesser, right), 429);
  EXPECT_EQ(guess(connect(2), right), 200);
  EXPECT_GT(ota.limiter().wait_for(testing::test_endpoint(1, 0).address, now).count(), 0);
  EXPECT_EQ(guess(guesser, "Authorization: Basic !\r\n"), 401);  // damaged is no guess
  now += seconds{1};
  EXPECT_EQ(guess(guesser, right), 200);
  // And the count begins anew.
  for (std::uint32_t i = 0; i < element::TryLimiter::free_tries; ++i) EXPECT_EQ(guess(guesser, wrong), 401);
  EXPECT_EQ(guess(guesser, right), 200);
}

TEST_F(WebGuard, KnowsWhoTriedTheUploadProtocolBefore) {
  start_with_password();
  for (int i = 0; i < 3; ++i) ota.limiter().failed(testing::test_endpoint(1, 0).address, now);
  testing::FakeStream& stream = connect(1);
  EXPECT_EQ(say(stream, request("GET /api/state", right)).status, 429);
}

// Sessions

TEST_F(WebGuard, OpensSessions) {
  start_with_password();
  const HttpAnswer answer = log_in();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.substr(0, 9), "{\"csrf\":\"");
  EXPECT_EQ(answer.body.size(), 9 + 64 + 2U);
  const std::string cookie = answer.header("Set-Cookie");
  EXPECT_EQ(cookie.substr(0, 8), "airlift=");
  EXPECT_EQ(cookie.substr(8 + 64), "; Path=/; HttpOnly; SameSite=Strict");
}

TEST_F(WebGuard, OpensNoneWithAWrongPassword) {
  start_with_password();
  for (const char* password : {"wrong", "", "secret%", "secretsecret"}) {
    const HttpAnswer answer = log_in(password);
    EXPECT_NE(answer.status, 200) << password;
    EXPECT_EQ(answer.header("Set-Cookie"), "");
    expire_tries();
  }
  EXPECT_EQ(ask(request("POST /api/login", form, "passwort=secret")).status, 400);
  EXPECT_EQ(log_in("%73ecret").status, 200);
  entropy.fails = true;
  EXPECT_EQ(log_in().status, 500);
}

TEST_F(WebGuard, TellsThePageHowThingsStand) {
  start_with_password();
  EXPECT_EQ(ask(request("GET /api/login")).body,
            R"({"password":"true","session":"false","csrf":"","safemode":"false"})");
  const Browser browser_ = logged_in();
  const std::string csrf = browser_.csrf.substr(14, 64);
  EXPECT_EQ(ask(request("GET /api/login", browser_.cookie)).body,
            R"({"password":"true","session":"true","csrf":")" + csrf + R"(","safemode":"false"})");
}

TEST_F(WebGuard, LetsASessionReadWithItsCookieAndChangeWithItsToken) {
  start_with_password();
  const Browser browser_ = logged_in();
  EXPECT_EQ(status("GET /api/state", browser_.cookie), 200);
  EXPECT_EQ(status("POST /api/reboot", browser_.cookie), 403);
  EXPECT_EQ(status("POST /api/reboot", browser_.cookie + "X-CSRF-Token: " + std::string(64, '0') + "\r\n"),
            403);
  EXPECT_EQ(status("GET /api/reboot", browser_.cookie), 403);
  EXPECT_EQ(status("GET /api/state", browser_.csrf), 401);
  EXPECT_EQ(system.reboots, 0);
  EXPECT_EQ(status("POST /api/reboot", browser_.both()), 200);
  EXPECT_EQ(system.reboots, 1);
}

TEST_F(WebGuard, EndsSessions) {
  start_with_password();
  const Browser browser_ = logged_in();
  now += http::session_timeout - seconds{60};
  EXPECT_EQ(status("GET /api/state", browser_.cookie), 200);
  now += http::session_timeout;
  EXPECT_EQ(status("GET /api/state", browser_.cookie), 401);
  const Browser again = logged_in();
  const HttpAnswer answer = ask(request("POST /api/logout", again.cookie));
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.header("Set-Cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(status("GET /api/state", again.cookie), 401);
}

// Cross-site

TEST_F(WebGuard, RefusesChangesThatAForeignPageAsksFor) {
  start_with_password();
  struct Row {
    const char* headers;
    int status;
  };
  // As a browser sends them that has been told the password.
  const Row table[]{
      {"", 200},  // a tool
      {"Origin: http://evil.com\r\n", 403},
      {"Origin: null\r\n", 403},
      {"Origin: https://lamp.local\r\n", 403},
      {"Origin: http://lamp.local:81\r\n", 403},
      {"Origin: http://lamp.local.evil.com\r\n", 403},
      {"Origin: http://lamp.local\r\n", 200},
      {"Origin: http://LAMP.local\r\nUser-Agent: Mozilla/5.0\r\n", 200},
      {"Sec-Fetch-Site: cross-site\r\n", 403},
      {"Sec-Fetch-Site: same-site\r\n", 403},
      {"Sec-Fetch-Site: cross-site\r\nX-CSRF-Token: x\r\n", 403},
      {"Sec-Fetch-Site: same-origin\r\nUser-Agent: Mozilla/5.0\r\n", 200},
      {"Sec-Fetch-Site: none\r\nUser-Agent: Mozilla/5.0\r\n", 200},
      {"Sec-Fetch-Site: same-origin\r\nOrigin: http://evil.com\r\n", 403},
      {"User-Agent: Mozilla/5.0\r\n", 403},  // an <img> over plain HTTP says nothing else
      {"User-Agent: Mozilla/5.0\r\nX-CSRF-Token: 1\r\n", 200},
      {"User-Agent: curl/7.88.1\r\n", 200},
  };
  for (const Row& row : table) {
    const std::string headers = std::string{right}.append(row.headers);
    EXPECT_EQ(status("GET /api/reboot", headers), row.status) << row.headers;
    EXPECT_EQ(status("POST /api/reboot", headers), row.status) << row.headers;
    EXPECT_EQ(status("GET /api/state", headers), 200) << row.headers;
    EXPECT_EQ(status("POST /api/logout", row.headers), row.status) << row.headers;
    EXPECT_EQ(log_in("secret", row.headers).status, row.status) << row.headers;
  }
  const HttpAnswer answer = ask(request("GET /api/reboot", std::string{right}.append(browser)));
  EXPECT_NE(answer.body.find(R"("error":"cross_site")"), std::string::npos);
}

TEST_F(WebGuard, RefusesThemWhereThereIsNoPasswordToo) {
  start();
  EXPECT_EQ(status("GET /api/reboot", browser), 403);
  EXPECT_EQ(status("POST /api/reboot", "Origin: http://evil.com\r\n"), 403);
  EXPECT_EQ(ask(testing::upload("x", "firmware", "Origin: http://evil.com\r\n")).status, 403);
  EXPECT_EQ(status("POST /api/reboot", "Origin: http://lamp.local\r\n"), 200);
}

// Host

TEST_F(WebGuard, AnswersToItsOwnNamesOnly) {
  start();
  const auto status_for = [this](std::string_view host) {
    return ask(std::string{"GET /api/login HTTP/1.1\r\nHost: "}.append(host).append("\r\n\r\n")).status;
  };
  for (const char* host : {"lamp", "lamp.local", "LAMP.LOCAL:8080", "192.168.1.5", "192.168.1.5:80",
                           "[fe80::1]", "[::1]:8443", "localhost:8080"}) {
    EXPECT_EQ(status_for(host), 200) << host;
  }
  for (const char* host : {"evil.com", "lamp.evil.com", "lamp.local.evil.com", "", "lamp2",
                           "1.2.3.4.evil.com", "192.168.1.5:", "[::1", "lamp:x"}) {
    EXPECT_EQ(status_for(host), 421) << host;
  }
  EXPECT_EQ(ask("GET /api/login HTTP/1.1\r\n\r\n").status, 421);
  EXPECT_EQ(ask("GET /api/login HTTP/1.0\r\n\r\n").status, 421);
}

TEST_F(WebGuard, AnswersToTheNameTheNetworkGaveIt) {
  testing::FakeNames names{"lamp"};
  start();
  EXPECT_EQ(ask("GET /api/login HTTP/1.1\r\nHost: lamp-2.local\r\n\r\n").status, 421);
  (void)http_advertiser.advertise("lamp-2", {"_http._tcp", 80, {}});
  EXPECT_EQ(ask("GET /api/login HTTP/1.1\r\nHost: lamp-2.local\r\n\r\n").status, 200);
}

TEST_F(WebGuard, ChecksTheHostBeforeEverythingElse) {
  start_with_password();
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: evil.com\r\nAuthorization: Basic Ondyb25n\r\n\r\n").status, 421);
  EXPECT_EQ(ask("GET /nothing HTTP/1.1\r\nHost: evil.com\r\n\r\n").status, 421);
}

}  // namespace
}  // namespace airlift::web
