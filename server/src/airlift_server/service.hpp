#pragma once
// What is asked for, and what it is answered with: all of the server but its sockets.

#include <memory>
#include <string>

#include "airlift_server/access.hpp"
#include "airlift_server/answer.hpp"
#include "airlift_server/catalog.hpp"
#include "airlift_server/content.hpp"
#include "airlift_server/request_log.hpp"

namespace airlift::server {

struct AccessFiles {
  std::string tokens;  ///< empty: none
  std::string password;
};

/// Reads them. Nothing, and told to `log`: one cannot be read or makes no sense.
[[nodiscard]] std::optional<Access> read_access(const AccessFiles& files, port::Log& log);

struct Moment {
  Instant steady;
  std::int64_t unix_ns{0};
};

struct Reply {
  Answer answer;
  std::shared_ptr<const Content> content;  ///< of the answer's file, when it has a body of one
  Ending ending{Ending::close};
  milliseconds delay{0};  ///< so long it waits: somebody is guessing
  std::string token;      ///< the name of the one that was shown
};

class Service {
 public:
  static constexpr seconds look_interval{1};
  static constexpr std::size_t most_delayed{64};  ///< answers

  Service(std::string directory, Access access, port::Log& log)
      : catalog_{std::move(directory), log}, access_{std::move(access)} {}

  /// Looks at the folder without waiting for anything to settle. False, with errno: it cannot be opened.
  [[nodiscard]] bool look_at_all() { return catalog_.look(0); }
  void set_access(Access access) { access_ = std::move(access); }

  /// A request that a reader has taken, from `peer`. Looks at the folder before, if that is due.
  [[nodiscard]] Reply reply(const http::Request& request, const AskedHeaders& headers,
                            const port::IpAddress& peer, const Moment& now);

  /// An answer's delay has begun, is over.
  void begin_delay() { ++delayed_; }
  void end_delay() { --delayed_; }

  [[nodiscard]] const Channels& channels() const { return catalog_.channels(); }

 private:
  void look_if_due(const Moment& now);
  [[nodiscard]] Reply refuse_stranger(Access::Verdict verdict, const port::IpAddress& peer, Instant now);
  void load(Reply& reply);

  Catalog catalog_;
  ContentStore contents_;
  Access access_;
  GuessBrake brake_;
  Instant looked_;
  std::size_t delayed_{0};
};

}  // namespace airlift::server
