#pragma once
// A port::HttpClient whose answers a test writes. A whole answer is there at once, unless the test holds it
// back, cuts it, or hands it out in pieces.

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "airlift/codec/text.hpp"
#include "airlift/port/http_client.hpp"

namespace airlift::testing {

/// What was asked.
struct HttpAsked {
  std::string url;
  std::map<std::string, std::string> headers;
  std::string credentials;
  std::string proxy;
  port::HttpClient::Trust::Roots roots{port::HttpClient::Trust::Roots::system};
  std::string ca;
  std::vector<port::HttpClient::Pin> pins;

  [[nodiscard]] std::string header(const std::string& name) const {
    const auto at = headers.find(name);
    return at == headers.end() ? std::string{} : at->second;
  }
};

/// What is answered.
struct HttpGiven {
  static constexpr std::size_t all{std::string::npos};

  int status{200};
  std::optional<std::uint64_t> content_length;
  std::string content_range;
  std::string content_encoding;
  std::string content_type;
  std::string etag;
  std::string last_modified;
  std::string retry_after;
  std::string location;
  std::string md5;
  std::string sha256;
  std::string version;
  std::string body;

  UpdateError no_head{UpdateError::none};  ///< the request ends so, without a head
  bool silent{false};                      ///< no head ever comes
  std::size_t cut_after{all};              ///< so much of the body comes, then the connection breaks
  UpdateError cut_with{UpdateError::connection_lost};
  std::size_t held_after{all};  ///< so much of the body has come; the test releases the rest
};

class FakeHttpClient final : public port::HttpClient {
 public:
  using Server = std::function<HttpGiven(const HttpAsked&)>;
  /// How read() tells the end of a body: the port leaves it open.
  enum class End : std::uint8_t {
    alone,  ///< as CurlClient does
    with_last_bytes,
  };

  [[nodiscard]] Status start(const Request& request) override {
    HttpAsked now;
    now.url = request.url;
    for (const Header& header : request.headers)
      now.headers[std::string{header.name}] = std::string{header.value};
    now.credentials = request.credentials;
    now.proxy = request.proxy;
    now.roots = request.trust.roots;
    now.ca = request.trust.ca;
    now.pins.assign(request.trust.pins.begin(), request.trust.pins.end());
    asked.push_back(now);
    give_up();
    if (refuses != UpdateError::none) return refuses;
    given = server(now);
    given_bytes_ = 0;
    state_ = State::asking;
    return {};
  }

  [[nodiscard]] State state() override {
    if (state_ != State::asking || given.silent) return state_;
    if (given.no_head != UpdateError::none) {
      fail(given.no_head);
      return state_;
    }
    take_head();
    state_ = State::responding;
    return state_;
  }

  [[nodiscard]] const Response& response() const override { return response_; }

  [[nodiscard]] Result<Read> read(MutableBytes into) override {
    if (state_ != State::responding) std::abort();
    if (given_bytes_ >= given.cut_after) {
      fail(given.cut_with);
      return error_;
    }
    const std::size_t last = std::min({given.body.size(), given.cut_after, given.held_after});
    const std::size_t count = std::min({into.size(), piece_bytes, last - given_bytes_});
    std::copy_n(given.body.begin() + static_cast<std::ptrdiff_t>(given_bytes_), count, into.begin());
    given_bytes_ += count;
    most_read_bytes = std::max(most_read_bytes, given_bytes_);
    const bool ended = given_bytes_ == given.body.size() && given.cut_after > given_bytes_ &&
                       given.held_after >= given.body.size() && (end == End::with_last_bytes || count == 0);
    if (ended) state_ = State::idle;
    return Read{count, ended};
  }

  [[nodiscard]] UpdateError error() const override { return error_; }
  void cancel() override {
    give_up();
    ++cancels;
  }

  /// Of the last request; a test may change it while it is being read.
  HttpGiven given;
  Server server{[](const HttpAsked&) { return HttpGiven{}; }};
  std::vector<HttpAsked> asked;
  UpdateError refuses{UpdateError::none};  ///< start() ends so
  std::size_t piece_bytes{HttpGiven::all};
  End end{End::alone};
  std::size_t most_read_bytes{0};  ///< of one body
  int cancels{0};

 private:
  void give_up() {
    state_ = State::idle;
    response_ = {};
  }
  void fail(UpdateError error) {
    state_ = State::failed;
    error_ = error;
  }
  void take_head() {
    response_ = {};
    response_.status = given.status;
    response_.content_length = given.content_length;
    response_.content_range = given.content_range;
    response_.content_encoding = given.content_encoding;
    response_.content_type = given.content_type;
    response_.etag = given.etag;
    response_.last_modified = given.last_modified;
    response_.retry_after = given.retry_after;
    response_.location = given.location;
    response_.md5 = given.md5;
    response_.sha256 = given.sha256;
    response_.version = given.version;
  }

  State state_{State::idle};
  UpdateError error_{UpdateError::none};
  Response response_;
  std::size_t given_bytes_{0};
};

/// A server with one file that does what RFC 9110 says, unless a test says otherwise.
struct FileServer {
  std::string file;
  std::string etag{"\"v1\""};
  std::string last_modified;
  std::string md5;
  std::string sha256;
  std::string version;
  bool knows_ranges{true};

  HttpGiven operator()(const HttpAsked& asked) const {
    HttpGiven given;
    given.etag = etag;
    given.last_modified = last_modified;
    given.md5 = md5;
    given.sha256 = sha256;
    given.version = version;
    if (!etag.empty() && asked.header("If-None-Match") == etag) {
      given.status = 304;
      return given;
    }
    const std::string match = asked.header("If-Match");
    if (!match.empty() && match != etag) {
      given.status = 412;
      return given;
    }
    std::size_t from{0};
    const std::string range = asked.header("Range");
    const std::string condition = asked.header("If-Range");
    const bool same = condition.empty() || condition == etag || condition == last_modified;
    if (!range.empty() && knows_ranges && same) {
      const bool of_end = range.rfind("bytes=-", 0) == 0;
      const std::size_t number = std::stoul(range.substr(of_end ? 7 : 6));
      from = of_end ? file.size() - std::min(number, file.size()) : number;
      given.status = from < file.size() ? 206 : 416;
      given.content_range = "bytes " + std::to_string(from) + "-" + std::to_string(file.size() - 1) + "/" +
                            std::to_string(file.size());
      if (given.status == 416) return given;
    }
    given.body = file.substr(from);
    given.content_length = given.body.size();
    return given;
  }
};

}  // namespace airlift::testing
