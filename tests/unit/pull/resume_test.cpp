// Cuts, standstills, and how it goes on after them.

#include <gtest/gtest.h>

#include "support/pull_rig.hpp"

namespace airlift::pull {
namespace {

using testing::HttpAsked;
using testing::HttpGiven;
using testing::test_image;

class Resume : public ::testing::Test, protected testing::PullRig {
 protected:
  static constexpr std::uint32_t slot_bytes{400 * testing::test_sector_bytes};
  explicit Resume(std::uint32_t firmware_bytes = testing::test_firmware_bytes) : PullRig{firmware_bytes} {}

  const std::string old_image{test_image(3000, 1)};
  const std::string new_image{test_image(6000, 2)};
  void SetUp() override {
    start_with(old_image);
    serve_file(new_image);
  }
  /// The first answer with the image, whole, comes so far; the others as they should.
  void cut_once_after(std::size_t bytes, UpdateError error = UpdateError::connection_lost) {
    serve([this, bytes, error, done = false](const HttpAsked& asked) mutable {
      HttpGiven given = file_server(asked);
      if (asked.header("Range").empty() && !done) {
        given.cut_after = bytes;
        given.cut_with = error;
        done = true;
      }
      return given;
    });
  }
  /// As cut_once_after(), and the next answer is changed.
  void cut_then(std::size_t bytes, std::function<void(HttpGiven&)> how) {
    serve([this, bytes, how, at = 0](const HttpAsked& asked) mutable {
      if (at == 0 && asked.header("Range").empty()) {
        HttpGiven given = file_server(asked);
        given.cut_after = bytes;
        at = 1;
        return given;
      }
      HttpGiven given = file_server(asked);
      if (at == 1) how(given);
      if (at == 1) at = 2;
      return given;
    });
  }
  void expect_installed() {
    EXPECT_EQ(check_to_the_end(), "installed ok");
    EXPECT_TRUE(storage.staged_image() == file_server.file);
  }
  /// For the next round of a loop.
  void forget() {
    http.asked.clear();
    memory.record = {};
    (void)storage.store.give_up_target(image::Kind::firmware);
  }
  [[nodiscard]] static std::string from(std::size_t byte) { return "bytes=" + std::to_string(byte) + "-"; }
};

class ResumeOfLarge : public Resume {
 protected:
  ResumeOfLarge() : Resume{slot_bytes} {}
};

TEST_F(Resume, AfterACutAtAnyPlace) {
  for (std::size_t cut = 1; cut < new_image.size(); cut += cut < 5200 ? 97 : 1) {
    cut_once_after(cut);
    expect_installed();
    ASSERT_EQ(http.asked.size(), 3U) << cut;
    EXPECT_EQ(http.asked[2].header("Range"), from(cut));
    EXPECT_EQ(http.asked[2].header("If-Range"), "\"v1\"");
    EXPECT_EQ(http.asked[2].header("If-None-Match"), "");
    forget();
  }
}

TEST_F(Resume, BeforeTheFirstByteItAsksAnew) {
  cut_once_after(0);
  expect_installed();
  EXPECT_EQ(ranges(), (std::vector<std::string>{"bytes=-768", "whole", "bytes=-768", "whole"}));
}

TEST_F(Resume, InPiecesAndWithManyCuts) {
  http.piece_bytes = 13;
  serve([this](const HttpAsked& asked) {
    HttpGiven given = file_server(asked);
    if (asked.header("Range") != "bytes=-768") given.cut_after = 900;
    return given;
  });
  expect_installed();
  EXPECT_EQ(http.asked.size(), 8U);
}

TEST_F(Resume, AfterASecondThenTwoThenFour) {
  serve([this](const HttpAsked& asked) {
    HttpGiven given = file_server(asked);
    if (asked.header("Range") != "bytes=-768") given.cut_after = 100;
    return given;
  });
  EXPECT_EQ(check(), "");
  for (const int wait_s : {1, 2, 4, 8, 16, 32, 60}) {
    const std::size_t before = http.asked.size();
    EXPECT_EQ(value("state"), "pausing");
    run(seconds{wait_s} - milliseconds{1});
    EXPECT_EQ(http.asked.size(), before) << wait_s;
    run(milliseconds{1});
    EXPECT_EQ(http.asked.size(), before + 1) << wait_s;
  }
  EXPECT_EQ(last(), "failed connection_lost");
  EXPECT_EQ(http.asked.size(), 9U);
  EXPECT_FALSE(ota.busy());
  EXPECT_EQ(last_update().cause, UpdateError::connection_lost);
  EXPECT_EQ(storage.staged_image(), "");
}

TEST_F(ResumeOfLarge, ForgivesCutsWhenEnoughHasComeInBetween) {
  file_server.file = test_image(380000, 5);
  serve([this](const HttpAsked& asked) {
    HttpGiven given = file_server(asked);
    // Two small steps, then one of 64 KiB: about 16 cuts in all.
    if (asked.header("Range") != "bytes=-768") given.cut_after = http.asked.size() % 3 == 0 ? 70000 : 10;
    return given;
  });
  expect_installed();
  EXPECT_GT(http.asked.size(), 12U);
}

TEST_F(ResumeOfLarge, DoesNotForgiveWhatComesAgain) {
  // Without a validator each cut starts anew: the same 100 KiB are no progress.
  file_server.file = test_image(380000, 5);
  file_server.etag = "";
  serve([this](const HttpAsked& asked) {
    HttpGiven given = file_server(asked);
    if (asked.header("Range").empty()) given.cut_after = 100000;
    return given;
  });
  EXPECT_EQ(check_to_the_end(), "failed connection_lost");
  EXPECT_EQ(http.asked.size(), 2U * 8U);
}

TEST_F(ResumeOfLarge, IsFollowedByTheHistoryAndTheValues) {
  file_server.file = test_image(380000, 5);
  cut_once_after(200000);
  EXPECT_EQ(check(), "");
  EXPECT_EQ(value("state"), "pausing");
  EXPECT_EQ(value("progress"), "200000");
  EXPECT_EQ(value("size"), "380000");
  EXPECT_EQ(value("next"), "-");
  EXPECT_TRUE(update.busy());
  EXPECT_TRUE(ota.busy());
  // Others are told to wait, meanwhile.
  EXPECT_EQ(ota.consider(testing::announcement_of(new_image)).error(), UpdateError::busy);
  run(seconds{1});
  EXPECT_EQ(last(), "installed ok");
  EXPECT_FALSE(update.busy());
}

TEST_F(Resume, WithLastModifiedWhenThereIsNoStrongTag) {
  file_server.etag = "W/\"v1\"";
  file_server.last_modified = "Sun, 06 Nov 1994 08:49:37 GMT";
  cut_once_after(3000);
  expect_installed();
  EXPECT_EQ(http.asked[1].header("If-Match"), "");
  EXPECT_EQ(http.asked[2].header("If-Range"), file_server.last_modified);
  EXPECT_EQ(http.asked[2].header("Range"), from(3000));
}

TEST_F(Resume, WithoutAValidatorStartsAnew) {
  file_server.etag = "W/\"v1\"";
  cut_once_after(3000);
  expect_installed();
  EXPECT_EQ(ranges(), (std::vector<std::string>{"bytes=-768", "whole", "bytes=-768", "whole"}));
}

TEST_F(Resume, EndsWhenItCannotStartAnew) {
  file_server.etag = "";
  cut_then(3000, [](HttpGiven& given) { given.no_head = UpdateError::no_connection; });
  EXPECT_EQ(check_to_the_end(), "failed no_connection");
  EXPECT_EQ(ranges(), (std::vector<std::string>{"bytes=-768", "whole", "bytes=-768"}));
  EXPECT_FALSE(ota.busy());
}

TEST_F(Resume, ByAServerThatIgnoresRangesStartsAnew) {
  file_server.knows_ranges = false;
  serve([this](const HttpAsked& asked) {
    HttpGiven given = file_server(asked);
    if (http.asked.size() == 1) given.cut_after = 4000;
    return given;
  });
  expect_installed();
  EXPECT_EQ(ranges(), (std::vector<std::string>{"bytes=-768", from(4000)}));
}

TEST_F(Resume, OfAFileThatHasChangedTakesTheNewOne) {
  const std::string newer = test_image(7000, 3);
  serve([&](const HttpAsked& asked) {
    if (http.asked.size() == 3) {
      file_server.file = newer;
      file_server.etag = "\"v2\"";
    }
    HttpGiven given = file_server(asked);
    if (http.asked.size() == 2) given.cut_after = 5900;
    return given;
  });
  expect_installed();
  EXPECT_EQ(http.asked.size(), 3U);
  EXPECT_EQ(storage.staged_image(), newer);
  EXPECT_EQ(memory.record.etag.view(), "\"v2\"");
}

TEST_F(Resume, OfAFileThatHasBecomeTheRunningOneEnds) {
  serve([&](const HttpAsked& asked) {
    if (http.asked.size() == 3) {
      file_server.file = old_image;
      file_server.etag = "\"v0\"";
      file_server.sha256 = testing::sha256_hex(old_image);
    }
    HttpGiven given = file_server(asked);
    if (http.asked.size() == 2) given.cut_after = 2000;
    return given;
  });
  EXPECT_EQ(check_to_the_end(), "up_to_date ok");
  EXPECT_EQ(http.asked.size(), 3U);
  EXPECT_FALSE(ota.busy());
}

TEST_F(Resume, NeverStitchesWhatTheServerDoesNotVouchFor) {
  const std::function<void(HttpGiven&)> changes[]{
      [](HttpGiven& given) { given.content_range = "bytes 2999-5999/6000"; },
      [](HttpGiven& given) { given.content_range = "bytes 3001-5999/6000"; },
      [](HttpGiven& given) { given.content_range = "bytes 3000-5999/6001"; },
      [](HttpGiven& given) { given.content_range = "bytes 3000-5998/5999"; },
      [](HttpGiven& given) { given.content_range = "bytes 3000-5998/6000"; },
      [](HttpGiven& given) { given.content_range = "bytes 0-5999/6000"; },
      [](HttpGiven& given) { given.content_range = ""; },
      [](HttpGiven& given) { given.content_length = 2999; },
      [](HttpGiven& given) { given.content_encoding = "gzip"; },
      [](HttpGiven& given) { given.etag = "\"v2\""; },
      [](HttpGiven& given) { given.status = 416; },
      [](HttpGiven& given) { given.status = 412; },
  };
  for (const auto& how : changes) {
    cut_then(3000, [&](HttpGiven& given) {
      how(given);
      for (char& byte : given.body) byte = 'x';
    });
    expect_installed();
    EXPECT_EQ(ranges(), (std::vector<std::string>{"bytes=-768", "whole", from(3000), "bytes=-768", "whole"}));
    forget();
  }
}

TEST_F(Resume, GoesOnAfterATroubleOfTheServerOrTheNetwork) {
  for (const int status : {500, 503, 429, 407}) {
    cut_then(3000, [&](HttpGiven& given) { given.status = status; });
    expect_installed();
    EXPECT_EQ(http.asked.size(), 4U) << status;
    forget();
  }
  for (const UpdateError error :
       {UpdateError::connection_lost, UpdateError::no_connection, UpdateError::name_not_found,
        UpdateError::proxy_failed, UpdateError::tls_failed}) {
    cut_then(3000, [&](HttpGiven& given) { given.no_head = error; });
    expect_installed();
    EXPECT_EQ(http.asked.size(), 4U);
    EXPECT_EQ(http.asked[3].header("Range"), from(3000));
    forget();
  }
}

TEST_F(Resume, EndsWhenTheServerDoesNotWantUsAnyMore) {
  for (const int status : {401, 404, 204}) {
    cut_then(3000, [&](HttpGiven& given) { given.status = status; });
    EXPECT_NE(check_to_the_end(), "installed ok") << status;
    EXPECT_FALSE(ota.busy());
    EXPECT_EQ(storage.staged_image(), "");
    EXPECT_EQ(http.asked.size(), 3U) << status;
    forget();
  }
  cut_then(3000, [&](HttpGiven& given) { given.no_head = UpdateError::certificate_not_pinned; });
  EXPECT_EQ(check_to_the_end(), "failed certificate_not_pinned");
  EXPECT_FALSE(ota.busy());
}

TEST_F(Resume, WaitsAsLongAsTheServerSays) {
  cut_then(3000, [&](HttpGiven& given) {
    given.status = 503;
    given.retry_after = "45";
  });
  EXPECT_EQ(check(), "");
  run(seconds{1});
  ASSERT_EQ(http.asked.size(), 3U);
  run(seconds{44});
  EXPECT_EQ(http.asked.size(), 3U);
  run(seconds{1});
  EXPECT_EQ(last(), "installed ok");
}

TEST_F(Resume, WaitsOnlyOnceForWhatTheServerSaidOnce) {
  serve([this](const HttpAsked& asked) {
    HttpGiven given = file_server(asked);
    if (http.asked.size() == 2) given.cut_after = 3000;
    if (http.asked.size() == 3) {
      given.status = 503;
      given.retry_after = "45";
    }
    if (http.asked.size() == 4) given.no_head = UpdateError::connection_lost;
    return given;
  });
  EXPECT_EQ(check(), "");
  run(seconds{1});
  run(seconds{45});
  ASSERT_EQ(http.asked.size(), 4U);
  run(seconds{4});
  EXPECT_EQ(last(), "installed ok");
}

TEST_F(Resume, DoesNotBlockOtherUploadsForTooLong) {
  cut_then(3000, [&](HttpGiven& given) {
    given.status = 503;
    given.retry_after = "61";
  });
  EXPECT_EQ(check(), "");
  run(seconds{1});
  EXPECT_EQ(last(), "failed server_failed");
  EXPECT_FALSE(ota.busy());
}

TEST_F(Resume, AfterAStandstill) {
  serve([this](const HttpAsked& asked) {
    HttpGiven given = file_server(asked);
    if (http.asked.size() == 2) given.held_after = 3000;
    return given;
  });
  EXPECT_EQ(check(), "");
  run(milliseconds{29999});
  EXPECT_EQ(value("state"), "receiving");
  EXPECT_EQ(value("progress"), "3000");
  run(milliseconds{1});
  EXPECT_EQ(value("state"), "pausing");
  run(seconds{1});
  EXPECT_EQ(last(), "installed ok");
  EXPECT_EQ(http.asked[2].header("Range"), from(3000));
}

TEST_F(ResumeOfLarge, ADripIsAStandstill) {
  file_server.file = test_image(380000, 5);
  serve([this](const HttpAsked& asked) {
    HttpGiven given = file_server(asked);
    if (http.asked.size() == 2) given.held_after = 5000;
    return given;
  });
  EXPECT_EQ(check(), "");
  // 4096 bytes in 30 s are just enough, one less is not.
  for (const std::size_t bytes : {std::size_t{4096}, std::size_t{4096}, std::size_t{4095}}) {
    for (int second = 0; second < 30; ++second) {
      EXPECT_EQ(value("state"), "receiving");
      if (second == 15) http.given.held_after += bytes;
      run(seconds{1});
    }
  }
  EXPECT_EQ(value("state"), "pausing");
  run(seconds{1});
  EXPECT_EQ(last(), "installed ok");
}

TEST_F(Resume, IsNotTriedAfterAStop) {
  set("update", "auth", "user:secret");
  cut_once_after(3000);
  EXPECT_EQ(check(), "");
  EXPECT_EQ(update.settings().credentials(), "user:secret");
  board.stop();
  EXPECT_FALSE(update.busy());
  EXPECT_EQ(http.state(), port::HttpClient::State::idle);
  EXPECT_EQ(update.settings().credentials(), "");
}

}  // namespace
}  // namespace airlift::pull
