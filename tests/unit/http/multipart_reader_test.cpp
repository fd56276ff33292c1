#include "airlift/http/multipart_reader.hpp"

#include <gtest/gtest.h>

#include <string>

#include "cuts.hpp"

namespace airlift::http {
namespace {

using State = MultipartReader::State;
using testing::Cuts;

constexpr std::string_view type{"multipart/form-data; boundary=bound"};
constexpr std::string_view disposition{
    "Content-Disposition: form-data; name=\"firmware\"; filename=\"f.bin\"\r\n"};

std::string body_of(std::string_view file, std::string_view headers = disposition) {
  return std::string{"--bound\r\n"}.append(headers).append("\r\n").append(file).append("\r\n--bound--\r\n");
}

/// What a reader makes of a body.
struct Reading {
  Reading(std::string_view body, const Cuts& cuts, std::uint64_t body_bytes) {
    EXPECT_TRUE(reader.start(type, body_bytes));
    taken = testing::feed_cut(body, cuts, [this](Bytes piece) { return take(piece); });
  }
  explicit Reading(std::string_view body) : Reading{body, {body.size()}, body.size()} {}

  std::size_t take(Bytes piece) {
    if (reader.state() != State::file) return reader.take(piece);
    EXPECT_EQ(reader.take(piece), 0U);
    const auto count = std::min<std::uint64_t>(piece.size(), reader.file_bytes_left());
    file.append(as_text(piece.first(count)));
    reader.took_file(piece.first(count));
    return count > 0 ? count : reader.take(piece);
  }

  MultipartReader reader;
  std::string file;
  std::size_t taken{0};
};

State end_of(std::string_view body) {
  std::optional<State> end;
  for (const Cuts& cuts : testing::ways_to_cut(body.size())) {
    const State now = Reading{body, cuts, body.size()}.reader.state();
    EXPECT_EQ(end.value_or(now), now) << "it depends on the cuts: " << body;
    end = now;
  }
  return *end;
}

TEST(MultipartReader, FindsTheFileHoweverTheBodyIsCut) {
  const std::string file{"--bound\r\n, \r\r\n--\r\n--boun\r\n-\r\n--boum and \r\n--boun\r"};
  const std::string body = body_of(file);
  for (const Cuts& cuts : testing::ways_to_cut(body.size())) {
    const Reading reading{body, cuts, body.size()};
    EXPECT_EQ(reading.reader.state(), State::done);
    EXPECT_EQ(reading.reader.field(), "firmware");
    EXPECT_EQ(reading.reader.file_bytes(), file.size());
    EXPECT_EQ(reading.file, file);
    EXPECT_EQ(reading.taken, body.size());
  }
}

TEST(MultipartReader, RefusesASecondPart) {
  for (const std::string_view inside : {"\r\n--bound\r\n", "\r\n--bound--\r\n", "\r\r\n--bound",
                                        "\r\n--\r\n--bound", "\r\n--boun\r\n--bound"}) {
    EXPECT_EQ(end_of(body_of(std::string{"file"}.append(inside).append("more"))), State::refused) << inside;
  }
}

TEST(MultipartReader, KnowsTheSizeBeforeTheFirstByte) {
  const std::string body = body_of("0123456789");
  MultipartReader reader;
  ASSERT_TRUE(reader.start(type, body.size()));
  const std::size_t head = reader.take(as_bytes(body));
  EXPECT_EQ(body.substr(head, 10), "0123456789");
  EXPECT_EQ(reader.state(), State::file);
  EXPECT_EQ(reader.file_bytes(), 10U);
}

TEST(MultipartReader, TakesAnEmptyFile) {
  const Reading reading{body_of("")};
  EXPECT_EQ(reading.reader.state(), State::done);
  EXPECT_EQ(reading.taken, body_of("").size());
  EXPECT_EQ(reading.reader.file_bytes(), 0U);
}

TEST(MultipartReader, ReadsTheFieldsNameAsBrowsersWriteIt) {
  const auto field = [](std::string_view headers) {
    return std::string{Reading{body_of("x", headers)}.reader.field()};
  };
  EXPECT_EQ(field("content-disposition:form-data;name=firmware\r\n"), "firmware");
  EXPECT_EQ(field("Content-Type: a/b\r\nContent-Disposition: form-data; name=\"filesystem\"\r\nX: y\r\n"),
            "filesystem");
  EXPECT_EQ(field("Content-Disposition: form-data; filename=\"; name=\\\"firmware\\\"\"; name=\"other\"\r\n"),
            "other");
  EXPECT_EQ(field("Content-Disposition: form-data; filename=\"a;name=b\" ; name = \"c\"\r\n"), "c");
}

TEST(MultipartReader, RefusesAFileWithoutAFieldsName) {
  for (const char* headers :
       {"", "Content-Type: a/b\r\n", "Content-Disposition: form-data\r\n",
        "Content-Disposition: form-data; name\r\n", "Content-Disposition: form-data; name=\"x\r\n",
        "Content-Disposition: form-data; filename=\"a\"b; name=\"x\"\r\n", "name=\"firmware\"\r\n"}) {
    EXPECT_EQ(end_of(body_of("x", headers)), State::refused) << headers;
  }
}

TEST(MultipartReader, RefusesEveryOtherForm) {
  const std::string whole = body_of("file");
  EXPECT_EQ(end_of("preamble\r\n" + whole), State::refused);
  EXPECT_EQ(end_of("\r\n" + whole), State::refused);
  EXPECT_EQ(end_of(whole + "epilogue"), State::refused);
  EXPECT_EQ(end_of("--bound\r\n" + std::string{disposition} + "\r\nfile\r\n" + whole), State::refused);
  EXPECT_EQ(end_of(whole.substr(0, whole.size() - 2)), State::refused);  // no last line end
  EXPECT_EQ(end_of("--bound\n" + whole.substr(9)), State::refused);
  EXPECT_EQ(end_of("--bound\r\nA: b\n\r\nfile\r\n--bound--\r\n"), State::refused);
  EXPECT_EQ(end_of("--other\r\n" + whole.substr(9)), State::refused);
  EXPECT_EQ(end_of("--bound--\r\n"), State::refused);
}

TEST(MultipartReader, NoDamagedByteOfTheWrappingPasses) {
  const std::string whole = body_of("1234");
  const std::size_t file_at = whole.find("1234");
  const std::size_t names_at = whole.find("Content"), names_end = whole.find("\r\n\r\n");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if ((i >= names_at && i < names_end) || (i >= file_at && i < file_at + 4)) continue;
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_NE(Reading{damaged}.reader.state(), State::done) << i;
  }
}

TEST(MultipartReader, NothingThatIsCutOffIsWhole) {
  const std::string whole = body_of("file");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    // Both for a body that ends early, and for one that says so.
    EXPECT_NE(Reading(whole.substr(0, size), {size}, whole.size()).reader.state(), State::done);
    EXPECT_NE(Reading{whole.substr(0, size)}.reader.state(), State::done);
  }
}

TEST(MultipartReader, BoundsTheHead) {
  const std::string line = "X: " + std::string(97, 'x') + "\r\n";
  std::string headers{disposition};
  while (headers.size() + line.size() + 2 <= most_part_head_bytes) headers += line;
  const std::size_t left = most_part_head_bytes - headers.size() - 2;
  EXPECT_EQ(end_of(body_of("x", headers + std::string(left - 3, 'y') + ":\r\n")), State::done);
  EXPECT_EQ(end_of(body_of("x", headers + std::string(left - 2, 'y') + ":\r\n")), State::refused);
  EXPECT_EQ(end_of(body_of("x", "Y: " + std::string(300, 'y') + "\r\n" + std::string{disposition})),
            State::refused);
}

TEST(MultipartReader, RefusesABodyThatIsShorterThanItsEnd) {
  const std::string head = std::string{"--bound\r\n"}.append(disposition).append("\r\n");
  EXPECT_EQ(Reading(head, {head.size()}, head.size() + 12).reader.state(), State::refused);
  EXPECT_EQ(Reading(head, {head.size()}, head.size() + 13).reader.state(), State::file);
}

TEST(MultipartReader, ChecksTheContentType) {
  const auto starts = [](std::string_view content_type) {
    return MultipartReader{}.start(content_type, 1000);
  };
  EXPECT_TRUE(starts("Multipart/Form-Data; charset=x; BOUNDARY=\"a b\""));
  EXPECT_TRUE(starts("multipart/form-data;boundary=" + std::string(70, 'b')));
  EXPECT_FALSE(starts("multipart/form-data;boundary=" + std::string(71, 'b')));
  for (const char* wrong :
       {"", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"a", "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=a\"b", "multipart/mixed; boundary=a", "text/plain; boundary=a",
        "multipart/form-data; boundary=a\tb", "multipart/form-data; boundary=\"a\"b"}) {
    EXPECT_FALSE(starts(wrong)) << wrong;
  }
}

TEST(MultipartReader, BeginsAnew) {
  MultipartReader reader;
  EXPECT_EQ(reader.take(as_bytes("x")), 0U);
  ASSERT_TRUE(reader.start(type, 100));
  EXPECT_EQ(reader.take(as_bytes("x")), 1U);
  EXPECT_EQ(reader.state(), State::refused);
  const std::string body = body_of("abc");
  ASSERT_TRUE(reader.start(type, body.size()));
  (void)reader.take(as_bytes(body));
  EXPECT_EQ(reader.file_bytes(), 3U);
}

}  // namespace
}  // namespace airlift::http
