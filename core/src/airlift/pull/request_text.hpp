#pragma once
// What a request says: the address with its placeholders filled in, and the headers of the ESP clients.
// docs/design/pull.md, "What is sent".

#include "airlift/boot/history_entry.hpp"
#include "airlift/port/http_client.hpp"
#include "airlift/pull/pull_settings.hpp"

namespace airlift::pull {

/// Who asks. The texts outlive the requests.
struct Asker {
  std::string_view board;
  std::string_view name;
  std::string_view version;      ///< of the running image; empty: unknown
  std::string_view station_mac;  ///< `AA:BB:CC:DD:EE:FF`
  std::uint32_t chip_id{0};
  std::string_view sdk_version;
  std::uint32_t slot_bytes{0};
  std::uint32_t flash_bytes{0};
  image::Identity running;               ///< empty: nothing runs
  std::optional<crypto::Md5Digest> md5;  ///< of the running image
};

/// `url` may hold `{board}`, `{channel}`, `{name}` and `{version}` behind its host, and no other braces.
[[nodiscard]] bool is_url_pattern(std::string_view text);

using Url = FixedString<512>;
/// Empty: it became too long.
[[nodiscard]] Url expand_url(std::string_view pattern, std::string_view channel, const Asker& asker);

class RequestHeaders {
 public:
  RequestHeaders() = default;
  RequestHeaders(const RequestHeaders&) = delete;
  RequestHeaders& operator=(const RequestHeaders&) = delete;

  /// Those of every request.
  void start(ClientFamily family, std::string_view channel, const Asker& asker);
  /// `name` outlives the headers, `value` is copied. An empty one is left out, as one that does not fit.
  void add(std::string_view name, std::string_view value);

  [[nodiscard]] Span<const port::HttpClient::Header> view() const { return {headers_.data(), count_}; }

 private:
  void add_esp(std::string_view prefix, std::string_view name, std::string_view value);
  [[nodiscard]] std::string_view keep(std::string_view text);

  static constexpr std::size_t most{24};
  FixedString<1536> text_;
  std::array<port::HttpClient::Header, most> headers_{};
  std::size_t count_{0};
};

}  // namespace airlift::pull
