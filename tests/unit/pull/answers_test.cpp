// What the server answers -> what the device does.

#include <gtest/gtest.h>

#include "support/pull_rig.hpp"

namespace airlift::pull {
namespace {

using testing::HttpAsked;
using testing::HttpGiven;
using testing::md5_hex;
using testing::sha256_hex;
using testing::test_image;

class Answers : public ::testing::Test, protected testing::PullRig {
 protected:
  const std::string old_image{test_image(3000, 1)};
  const std::string new_image{test_image(5000, 2)};
  void SetUp() override {
    start_with(old_image);
    serve_file(new_image);
  }
  /// What the file server answers to the n-th request of a check, changed.
  void change(std::size_t nth, std::function<void(HttpGiven&)> how) {
    http.server = [this, nth, how, first = http.asked.size()](const HttpAsked& asked) {
      HttpGiven given = file_server(asked);
      if (http.asked.size() - first == nth) how(given);
      return given;
    };
  }
  void expect_nothing_installed() {
    EXPECT_EQ(storage.staged_image(), "");
    EXPECT_EQ(system.reboots, 0);
    EXPECT_EQ(http.state(), port::HttpClient::State::idle);
    EXPECT_FALSE(ota.busy());
    EXPECT_EQ(memory.stores, 0);
  }
  /// Nothing is left over that would hinder the next check.
  void expect_next_check_installs() {
    serve_file(new_image);
    EXPECT_EQ(check_to_the_end(), "installed ok");
    EXPECT_EQ(storage.staged_image(), new_image);
  }
};

TEST_F(Answers, AStatusEndsTheCheck) {
  struct Row {
    int status;
    std::string_view last;
  };
  for (const Row& row :
       {Row{304, "up_to_date ok"},        Row{401, "failed login_refused"}, Row{403, "failed login_refused"},
        Row{404, "failed not_offered"},   Row{410, "failed not_offered"},   Row{407, "failed proxy_failed"},
        Row{429, "failed server_failed"}, Row{500, "failed server_failed"}, Row{503, "failed server_failed"},
        Row{599, "failed server_failed"}, Row{100, "failed bad_response"},  Row{204, "failed bad_response"},
        Row{300, "failed bad_response"},  Row{306, "failed bad_response"},  Row{400, "failed bad_response"},
        Row{412, "failed bad_response"},  Row{416, "failed bad_response"},  Row{418, "failed bad_response"},
        Row{600, "failed bad_response"},  Row{0, "failed bad_response"}}) {
    const std::size_t before = http.asked.size();
    serve([&](const HttpAsked&) {
      HttpGiven given;
      given.status = row.status;
      given.content_length = 5000;
      given.body = new_image;
      return given;
    });
    EXPECT_EQ(check(), row.last) << row.status;
    EXPECT_EQ(http.asked.size(), before + 1) << row.status;
    expect_nothing_installed();
  }
  EXPECT_EQ(http.most_read_bytes, 0U);
  expect_next_check_installs();
}

TEST_F(Answers, TheSameStatusesEndTheRequestForTheImage) {
  for (const int status : {401, 404, 206, 403, 204, 407}) {
    change(2, [&](HttpGiven& given) { given.status = status; });
    EXPECT_NE(check(), "installed ok") << status;
    EXPECT_EQ(value("state"), "waiting") << status;
    expect_nothing_installed();
  }
}

TEST_F(Answers, WithoutAHeadTheCheckFails) {
  for (const UpdateError error :
       {UpdateError::name_not_found, UpdateError::no_connection, UpdateError::connection_lost,
        UpdateError::bad_response, UpdateError::proxy_failed, UpdateError::tls_failed,
        UpdateError::certificate_untrusted, UpdateError::certificate_expired,
        UpdateError::certificate_other_name, UpdateError::certificate_not_pinned}) {
    for (const std::size_t nth : {std::size_t{1}, std::size_t{2}}) {
      change(nth, [&](HttpGiven& given) { given.no_head = error; });
      EXPECT_EQ(check(), "failed " + std::string{describe(error).name}) << nth;
      expect_nothing_installed();
    }
  }
  expect_next_check_installs();
}

TEST_F(Answers, WhenNothingCanBeAskedTheCheckFails) {
  http.refuses = UpdateError::key_unreadable;
  EXPECT_EQ(check(), "failed key_unreadable");
  http.refuses = UpdateError::none;
  expect_next_check_installs();
}

TEST_F(Answers, AServerThatSaysNothingIsGivenUpAfter30Seconds) {
  change(1, [](HttpGiven& given) { given.silent = true; });
  EXPECT_EQ(check(), "");
  EXPECT_EQ(value("state"), "asking");
  run(milliseconds{29999});
  EXPECT_EQ(update.checks(), 0U);
  run(milliseconds{1});
  EXPECT_EQ(last(), "failed stalled");
  expect_nothing_installed();
  expect_next_check_installs();
}

TEST_F(Answers, OneThatStopsInTheTrailerToo) {
  change(1, [](HttpGiven& given) { given.held_after = 700; });
  EXPECT_EQ(check(), "");
  EXPECT_EQ(value("state"), "looking");
  run(milliseconds{29999});
  EXPECT_EQ(update.checks(), 0U);
  run(milliseconds{1});
  EXPECT_EQ(last(), "failed stalled");
  expect_nothing_installed();
}

TEST_F(Answers, ATrailerThatIsCutEndsTheCheck) {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{767}}) {
    change(1, [&](HttpGiven& given) { given.cut_after = bytes; });
    EXPECT_EQ(check(), "failed connection_lost") << bytes;
    change(1, [&](HttpGiven& given) { given.body.resize(bytes); });
    EXPECT_EQ(check(), "failed connection_lost") << bytes;
    expect_nothing_installed();
  }
}

TEST_F(Answers, WhatCannotBeUnderstoodIsNotInstalled) {
  const std::function<void(HttpGiven&)> changes[]{
      [](HttpGiven& given) { given.content_encoding = "gzip"; },
      [](HttpGiven& given) { given.md5 = "nonsense"; },
      [](HttpGiven& given) { given.sha256 = "nonsense"; },
  };
  for (const auto& how : changes) {
    for (const bool ranges : {true, false}) {
      file_server.knows_ranges = ranges;
      change(1, how);
      EXPECT_EQ(check(), "failed bad_response");
      expect_nothing_installed();
    }
    file_server.knows_ranges = true;
    change(2, how);
    EXPECT_EQ(check(), "failed bad_response");
    expect_nothing_installed();
  }
  for (const std::string_view range : {"", "bytes 0-767/5000", "bytes 4232-4999/*", "bytes 4233-4999/5000",
                                       "bytes 4232-4998/5000", "bytes 4232-4999/5001"}) {
    change(1, [&](HttpGiven& given) { given.content_range = range; });
    EXPECT_EQ(check(), "failed bad_response") << range;
    expect_nothing_installed();
  }
}

TEST_F(Answers, AnImageWithoutALengthIsNotTaken) {
  file_server.knows_ranges = false;
  change(1, [](HttpGiven& given) { given.content_length.reset(); });
  EXPECT_EQ(check(), "failed bad_response");
  file_server.knows_ranges = true;
  change(2, [](HttpGiven& given) { given.content_length.reset(); });
  EXPECT_EQ(check(), "failed bad_response");
  expect_nothing_installed();
}

TEST_F(Answers, ALengthThatIsTooSmallIsCaught) {
  file_server.knows_ranges = false;
  file_server.etag = "";
  serve([this](const HttpAsked& asked) {
    HttpGiven given = file_server(asked);
    given.content_length = 4999;
    return given;
  });
  EXPECT_EQ(check(), "failed bad_size");
  expect_nothing_installed();
  EXPECT_EQ(last_update().cause, UpdateError::bad_size);
  expect_next_check_installs();
}

TEST_F(Answers, ALengthThatIsTooLargeIsCaught) {
  file_server.knows_ranges = false;
  serve([this](const HttpAsked& asked) {
    HttpGiven given = file_server(asked);
    given.content_length = 5001;
    return given;
  });
  EXPECT_EQ(check_to_the_end(), "failed connection_lost");
  http.end = testing::FakeHttpClient::End::with_last_bytes;
  EXPECT_EQ(check_to_the_end(), "failed connection_lost");
  expect_nothing_installed();
  expect_next_check_installs();
}

// libcurl hands out no more than was announced: nothing in the body itself would show it.
TEST_F(Answers, ALengthThatIsNotThatOfTheFileWithThisTagIsCaught) {
  for (const std::uint64_t length : {4000U, 6000U}) {
    change(2, [length](HttpGiven& given) {
      given.content_length = length;
      given.body.resize(std::min<std::size_t>(length, given.body.size()));
    });
    EXPECT_EQ(check_to_the_end(), "failed bad_response") << length;
    expect_nothing_installed();
    http.asked.clear();
  }
  expect_next_check_installs();
}

TEST_F(Answers, TheEndOfTheBodyIsWaitedFor) {
  change(2, [](HttpGiven& given) {
    given.body += "x";
    given.held_after = 5000;
  });
  EXPECT_EQ(check(), "");
  EXPECT_EQ(value("state"), "receiving");
  run(seconds{29});
  EXPECT_EQ(update.checks(), 0U);
  run(seconds{1});
  EXPECT_EQ(last(), "failed stalled");
  expect_nothing_installed();
}

TEST_F(Answers, DigestsAreHeldAgainstWhatComes) {
  for (const bool ranges : {true, false}) {
    file_server.knows_ranges = ranges;
    serve_file(new_image);
    file_server.md5 = md5_hex("other");
    EXPECT_EQ(check(), "failed digest_mismatch");
    file_server.md5 = md5_hex(new_image);
    file_server.sha256 = sha256_hex("other");
    EXPECT_EQ(check(), "failed sha256_mismatch");
    expect_nothing_installed();
    file_server.md5 = file_server.sha256 = "";
  }
  file_server.md5 = md5_hex(new_image);
  file_server.sha256 = sha256_hex(new_image);
  expect_next_check_installs();
}

TEST_F(Answers, AFileThatChangesAfterTheQuestionIsAskedForAnew) {
  const std::string newer = test_image(6000, 3);
  serve([&](const HttpAsked& asked) {
    if (http.asked.size() == 2) {
      file_server.file = newer;
      file_server.etag = "\"v2\"";
    }
    return file_server(asked);
  });
  EXPECT_EQ(check_to_the_end(), "installed ok");
  EXPECT_EQ(ranges(), (std::vector<std::string>{"bytes=-768", "whole", "bytes=-768", "whole"}));
  EXPECT_EQ(http.asked[1].header("If-Match"), "\"v1\"");
  EXPECT_EQ(http.asked[3].header("If-Match"), "\"v2\"");
  EXPECT_EQ(storage.staged_image(), newer);
  EXPECT_EQ(memory.record.etag.view(), "\"v2\"");
}

TEST_F(Answers, AFileThatChangesWithoutValidatorIsJudgedAnew) {
  // The trailer of the first must not count for the second.
  const testing::TestKey key{1};
  const std::string one = testing::signed_file(new_image, testing::manifest_of(new_image, "2.0"), key);
  const std::string payload = test_image(5500, 3);
  const std::string two = testing::signed_file(payload, testing::manifest_of(payload, "3.0"), key);
  file_server.etag = "";
  file_server.file = one;
  serve([&](const HttpAsked& asked) {
    if (http.asked.size() == 2) file_server.file = two;
    return file_server(asked);
  });
  EXPECT_EQ(check(), "installed ok");
  EXPECT_EQ(http.asked[1].header("If-Match"), "");
  EXPECT_EQ(storage.staged_image(), payload);
  EXPECT_EQ(value("last.version"), "3.0");
}

TEST_F(Answers, AFileThatKeepsChangingEndsTheCheck) {
  serve([&](const HttpAsked& asked) {
    file_server.etag = "\"v" + std::to_string(http.asked.size()) + "\"";
    return file_server(asked);
  });
  EXPECT_EQ(check_to_the_end(), "failed connection_lost");
  EXPECT_EQ(http.asked.size(), 16U);
  expect_nothing_installed();
}

TEST_F(Answers, AnEmptyFileIsNoImage) {
  file_server.knows_ranges = false;
  serve_file("");
  EXPECT_EQ(check(), "ruled_out bad_size");
  expect_nothing_installed();
}

TEST_F(Answers, AFileSmallerThanATrailerIsTaken) {
  for (const bool ranges : {true, false}) {
    file_server.knows_ranges = ranges;
    for (const std::size_t size : {std::size_t{1}, std::size_t{767}, std::size_t{768}, std::size_t{769}}) {
      serve_file(test_image(size, 9));
      memory.record = {};
      EXPECT_EQ(check(), "installed ok") << size;
      EXPECT_EQ(storage.staged_image(), file_server.file) << size;
      (void)storage.store.give_up_target(image::Kind::firmware);
    }
  }
}

}  // namespace
}  // namespace airlift::pull
