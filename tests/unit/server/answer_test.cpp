#include "airlift_server/answer.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "offers.hpp"

namespace airlift::server {
namespace {

using testing::digests_of;
using testing::image_called;
using testing::offer_of;
using testing::sha256_of;
using Body = Answer::Body;
using Mode = DeviceRequest::Mode;

/// lamp/stable: a firmware and a filesystem image; lamp/small: one with a gzip sibling.
Channels some_channels() {
  Channels channels;
  Image firmware = image_called("firmware", "2.0");
  firmware.esp32_digest = sha256_of("appended");
  Image files = image_called("files", "1.0");
  files.kind = image::Kind::filesystem;
  channels["lamp/stable"] = {"lamp", {offer_of(firmware), offer_of(files)}};
  Offer packed = offer_of(image_called("packed"));
  StoredFile gzip = packed.image->file;
  gzip.mark.size_bytes = 400;
  gzip.etag = "\"gz\"";
  packed.gzip = std::make_shared<const StoredFile>(gzip);
  channels["lamp/small"] = {"lamp", {packed}};
  channels["lamp/empty"] = {"lamp", {}};
  return channels;
}

struct Question {
  http::Request request;
  DeviceRequest device;
  Conditions conditions;

  explicit Question(std::string_view path = "/lamp/stable/firmware.bin") {
    request.method = http::Method::get;
    request.path = path;
  }
};

Answer ask(const Question& question) {
  static const Channels channels = some_channels();
  return answer(question.request, question.device, question.conditions, channels);
}

std::string head_of(const Answer& answer, Ending ending = Ending::keep_alive) {
  std::array<std::uint8_t, answer_head_bytes> room{};
  http::TextWriter into{room};
  write_head(into, answer, ending, "now");
  EXPECT_FALSE(into.overflowed());
  return std::string{into.view()};
}

bool has_line(const std::string& head, const std::string& line) {
  return head.find("\r\n" + line + "\r\n") != std::string::npos;
}

TEST(Answer, KnowsItsPaths) {
  struct Row {
    const char* path;
    int status;
    const char* etag;
  };
  const Row table[]{
      {"/", 200, ""},
      {"/lamp/stable", 200, "\"firmware\""},
      {"/lamp/stable/", 200, "\"firmware\""},
      {"/lamp/stable/firmware.bin", 200, "\"firmware\""},
      {"/lamp/stable/filesystem.bin", 200, "\"files\""},
      {"/lamp/small/filesystem.bin", 404, ""},
      {"/lamp/stable/images", 404, ""},
      {"/lamp/stable/firmware.bin/", 404, ""},
      {"/lamp/stable//firmware.bin", 404, ""},
      {"/lamp/empty/firmware.bin", 404, ""},
      {"/lamp/beta/firmware.bin", 404, ""},
      {"/lamp", 404, ""},
      {"/lamp/", 404, ""},
      {"//lamp/stable", 404, ""},
      {"/lamp/.hidden/firmware.bin", 404, ""},
      {"", 404, ""},  // what the reader makes of a path that leads elsewhere
  };
  for (const Row& row : table) {
    const Answer answer = ask(Question{row.path});
    EXPECT_EQ(answer.status, row.status) << row.path;
    EXPECT_EQ(answer.file == nullptr ? "" : answer.file->etag, row.etag) << row.path;
  }
}

TEST(Answer, OnlyGetsAndHeads) {
  for (const http::Method method : {http::Method::post, http::Method::put, http::Method::remove,
                                    http::Method::options, http::Method::other}) {
    Question question;
    question.request.method = method;
    const Answer answer = ask(question);
    EXPECT_EQ(answer.status, 405);
    EXPECT_TRUE(has_line(head_of(answer), "Allow: GET, HEAD"));
  }
}

TEST(Answer, GivesTheWholeImage) {
  const Answer answer = ask(Question{});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, Body::image);
  EXPECT_EQ(answer.range.first, 0U);
  EXPECT_EQ(answer.body_bytes(), 1000U);
  const std::string head = head_of(answer);
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  for (const char* line : {"Content-Length: 1000", "x-MD5: md5", "x-SHA256: sha256", "x-version: 2.0",
                           "ETag: \"firmware\"", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT",
                           "Accept-Ranges: bytes", "Date: now", "Connection: keep-alive"}) {
    EXPECT_TRUE(has_line(head, line)) << line;
  }
  EXPECT_FALSE(head.find("Vary") != std::string::npos);
  EXPECT_TRUE(has_line(head_of(answer, Ending::close), "Connection: close"));
}

TEST(Answer, HeadTellsTheSameWithoutIt) {
  Question question;
  question.request.method = http::Method::head;
  question.conditions.range = "bytes=0-1";
  const Answer answer = ask(question);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body_bytes(), 0U);
  EXPECT_EQ(head_of(answer), head_of(ask(Question{})));
}

TEST(Answer, WhoRunsItGetsNothing) {
  struct Row {
    const char* what;
    int status;
    std::function<void(DeviceRequest&)> tell;
  };
  const Digests other = digests_of("other");
  const Row table[]{
      {"image", 304, [](auto& d) { d.image_sha256 = sha256_of("firmware image"); }},
      {"payload", 304, [](auto& d) { d.image_sha256 = sha256_of("firmware payload"); }},
      {"file", 304, [](auto& d) { d.sketch_sha256 = sha256_of("firmware file"); }},
      {"what an ESP32 calls its digest", 304, [](auto& d) { d.sketch_sha256 = sha256_of("appended"); }},
      {"md5 of the image", 304, [](auto& d) { d.sketch_md5 = digests_of("firmware image").md5; }},
      {"md5 of the payload", 304, [](auto& d) { d.sketch_md5 = digests_of("firmware payload").md5; }},
      {"md5 of the file", 304, [](auto& d) { d.sketch_md5 = digests_of("firmware file").md5; }},
      {"version", 304, [](auto& d) { d.version = "2.0"; }},
      {"other version", 200, [](auto& d) { d.version = "2.0.1"; }},
      {"version, another image", 200,
       [&](auto& d) {
         d.version = "2.0";
         d.sketch_md5 = other.md5;
       }},
      {"another image", 200, [&](auto& d) { d.image_sha256 = other.sha256; }},
      {"the filesystem's", 200, [](auto& d) { d.image_sha256 = sha256_of("files image"); }},
      {"nothing", 200, [](auto& /*d*/) {}},
  };
  for (const Row& row : table) {
    Question question;
    row.tell(question.device);
    const Answer answer = ask(question);
    EXPECT_EQ(answer.status, row.status) << row.what;
    if (row.status != 304) continue;
    EXPECT_EQ(answer.body_bytes(), 0U);
    const std::string head = head_of(answer);
    EXPECT_TRUE(has_line(head, "ETag: \"firmware\"") && has_line(head, "x-version: 2.0")) << head;
    EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  }
}

TEST(Answer, AFirmwareIsNoFilesystem) {
  Question question;
  question.device.mode = Mode::filesystem;
  question.device.version = "1.0";  // of the firmware
  question.device.free_bytes = 10;  // for a firmware
  question.device.sketch_md5 = digests_of("files image").md5;
  const Answer answer = ask(question);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.file->etag, "\"files\"");
}

TEST(Answer, VersionModeIsAHeadWithTheVersion) {
  Question question;
  question.device.mode = Mode::version;
  question.device.version = "2.0";
  question.conditions.if_none_match = "*";
  const Answer answer = ask(question);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body_bytes(), 0U);
  EXPECT_TRUE(has_line(head_of(answer), "x-version: 2.0") && has_line(head_of(answer), "Content-Length: 0"));
}

TEST(Answer, SaysNothingNewToADeviceWithoutRoom) {
  for (const auto& [free, status] : {std::pair{999U, 304}, std::pair{1000U, 200}}) {
    Question question;
    question.device.free_bytes = free;
    const Answer answer = ask(question);
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.remark, status == 304 ? "no room for it" : "");
  }
}

TEST(Answer, KeepsToConditionsAndRanges) {
  constexpr auto same{"\"firmware\""};
  constexpr auto date{"Sun, 06 Nov 1994 08:49:37 GMT"};
  constexpr auto later{"Mon, 07 Nov 1994 08:49:37 GMT"};
  constexpr auto earlier{"Sat, 05 Nov 1994 08:49:37 GMT"};
  struct Row {
    Conditions conditions;  // if_match, if_none_match, if_modified_since, if_range, range
    int status;
    std::uint64_t first;
    std::uint64_t count;
  };
  const Row table[]{
      {{same, "", "", "", ""}, 200, 0, 1000},
      {{"*", "", "", "", ""}, 200, 0, 1000},
      {{"\"x\", \"firmware\"", "", "", "", ""}, 200, 0, 1000},
      {{"\"x\"", "", "", "", ""}, 412, 0, 0},
      {{"W/\"firmware\"", "", "", "", ""}, 412, 0, 0},
      {{"\"x\"", same, "", "", "bytes=0-1"}, 412, 0, 0},
      {{"", same, "", "", ""}, 304, 0, 0},
      {{"", "W/\"firmware\"", "", "", ""}, 304, 0, 0},
      {{"", "\"x\", \"firmware\"", "", "", "bytes=0-1"}, 304, 0, 0},
      {{"", "\"x\"", later, "", ""}, 200, 0, 1000},
      {{"", "", date, "", ""}, 304, 0, 0},
      {{"", "", later, "", ""}, 304, 0, 0},
      {{"", "", earlier, "", ""}, 200, 0, 1000},
      {{"", "", "yesterday", "", ""}, 200, 0, 1000},
      {{"", "", "", "", "bytes=-768"}, 206, 232, 768},
      {{"", "", "", "", "bytes=10-19"}, 206, 10, 10},
      {{"", "", "", "", "bytes=0-1,2-3"}, 200, 0, 1000},
      {{"", "", "", "", "bytes=1000-"}, 416, 0, 0},
      {{"", "", "", same, "bytes=10-"}, 206, 10, 990},
      {{"", "", "", date, "bytes=10-"}, 206, 10, 990},
      {{"", "", "", "\"x\"", "bytes=10-"}, 200, 0, 1000},
      {{"", "", "", "W/\"firmware\"", "bytes=10-"}, 200, 0, 1000},
      {{"", "", "", later, "bytes=10-"}, 200, 0, 1000},
      {{"", "", "", "\"x\"", "bytes=1000-"}, 200, 0, 1000},
      {{same, "", "", "", "bytes=5-9"}, 206, 5, 5},
  };
  for (const Row& row : table) {
    Question question;
    question.conditions = row.conditions;
    const Answer answer = ask(question);
    const auto index = &row - table;
    EXPECT_EQ(answer.status, row.status) << index;
    EXPECT_EQ(answer.body_bytes(), row.count) << index;
    EXPECT_EQ(row.count > 0 ? answer.range.first : 0, row.first) << index;
  }
}

TEST(Answer, TellsWhichPartItIs) {
  Question question;
  question.conditions.range = "bytes=-768";
  EXPECT_TRUE(has_line(head_of(ask(question)), "Content-Range: bytes 232-999/1000"));
  EXPECT_TRUE(has_line(head_of(ask(question)), "Content-Length: 768"));
  question.conditions.range = "bytes=1000-";
  EXPECT_TRUE(has_line(head_of(ask(question)), "Content-Range: bytes */1000"));
  EXPECT_TRUE(has_line(head_of(ask(question)), "Content-Length: 0"));
}

TEST(Answer, GivesGzipToWhoeverTakesIt) {
  struct Row {
    const char* accepts;
    const char* range;
    const char* etag;
  };
  const Row table[]{
      {"gzip", "", "\"gz\""},
      {"deflate, GZIP;q=0.5", "", "\"gz\""},
      {"", "", "\"packed\""},
      {"br", "", "\"packed\""},
      {"gzip;q=0", "", "\"packed\""},
      {"gzip;q=0.000", "", "\"packed\""},
      {"gzip", "bytes=0-9", "\"packed\""},
      {"identity;q=1,chunked;q=0.1,*;q=0", "", "\"packed\""},  // ESP8266HTTPClient's
  };
  for (const Row& row : table) {
    Question question{"/lamp/small"};
    question.request.accept_encoding = row.accepts;
    question.conditions.range = row.range;
    const Answer answer = ask(question);
    EXPECT_EQ(answer.file->etag, row.etag) << row.accepts;
    EXPECT_TRUE(has_line(head_of(answer), "Vary: Accept-Encoding"));
    const bool gzip = answer.file->etag == "\"gz\"";
    EXPECT_EQ(answer.body, gzip ? Body::gzip : Body::image);
    EXPECT_EQ(has_line(head_of(answer), "Content-Encoding: gzip"), gzip);
    EXPECT_EQ(answer.body_bytes() == 400, gzip);
  }
  Question known{"/lamp/small"};
  known.request.accept_encoding = "gzip";
  known.conditions.if_none_match = "\"gz\"";
  EXPECT_EQ(ask(known).status, 304);
  known.conditions.if_none_match = "\"packed\"";
  EXPECT_EQ(ask(known).status, 200);
}

TEST(Answer, TheLongestHeadFits) {
  Image image = image_called(std::string(64, 'x'), std::string(31, '9'));
  image.md5_text = std::string(32, 'a');
  image.sha256_text = std::string(64, 'a');
  Answer answer;
  answer.status = 206;
  answer.offer = offer_of(image);
  answer.file = &answer.offer->image->file;
  answer.range = {~0ULL / 2, ~0ULL / 4};
  answer.retry_after_s = 1000000;
  EXPECT_TRUE(head_of(answer).ends_with("\r\n\r\n"));
  EXPECT_TRUE(has_line(head_of(refusal(401, "no")), "WWW-Authenticate: Basic realm=\"airlift\""));
}

}  // namespace
}  // namespace airlift::server
