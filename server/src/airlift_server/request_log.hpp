#pragma once
// A line for each answer: who asked, what it runs, what it got. For people, or a JSON object a line.

#include <string>
#include <string_view>

namespace airlift::server {

enum class LogFormat : std::uint8_t { text, json };

/// Views of what strangers may have sent; they are made harmless when they are written.
struct LogEntry {
  std::int64_t unix_seconds{0};
  std::string_view address;
  std::string_view name;  ///< of the device; or empty, as all that follow
  std::string_view mac;
  std::string_view token;
  std::string_view runs;  ///< the version it says
  std::string_view runs_digest;
  std::string_view method;
  std::string_view target;
  int status{0};
  std::string_view version;  ///< of what it is about
  std::string_view sha256;
  std::uint64_t bytes{0};   ///< of the body that were taken
  std::string_view ending;  ///< "whole", "cut", "stalled"
  std::string_view remark;
};

[[nodiscard]] std::string to_line(const LogEntry& entry, LogFormat format);

/// Writes lines to a descriptor that may be a full disk, a pipe that nobody reads, or closed: then lines are
/// lost, and nothing waits.
class RequestLog {
 public:
  static constexpr std::size_t most_waiting_bytes{std::size_t{1} << 20};

  RequestLog(int fd, LogFormat format) : fd_{fd}, format_{format} {}

  void add(const LogEntry& entry);
  /// Something to flush(), perhaps in one write with what is added meanwhile.
  [[nodiscard]] bool waits() const { return !waiting_.empty(); }
  void flush();

 private:
  int fd_;
  LogFormat format_;
  std::string waiting_;
};

}  // namespace airlift::server
