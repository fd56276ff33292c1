#pragma once
// What a server's answer says about the image that it offers.

#include <optional>

#include "airlift/base/fixed_string.hpp"
#include "airlift/image/image.hpp"
#include "airlift/port/http_client.hpp"
#include "airlift/port/offer_memory.hpp"

namespace airlift::pull {

/// RFC 9110 14.4: `bytes <first>-<last>/<total>`.
struct ContentRange {
  std::uint64_t first{0};
  std::uint64_t last{0};
  std::uint64_t total{0};
};
/// Nothing: another form, `*` for a number, or numbers that cannot be.
[[nodiscard]] std::optional<ContentRange> parse_content_range(std::string_view value);

/// The value as it stands when it is an entity tag (RFC 9110 8.8.3), weak or strong; else an empty one.
[[nodiscard]] std::string_view checked_etag(std::string_view value);
[[nodiscard]] bool is_strong(std::string_view etag);

using Etag = decltype(port::OfferMemory::Record::etag);

/// Copied: the answer's own texts end with the next request.
struct Offer {
  std::uint32_t size_bytes{0};  ///< of the whole file
  Etag etag;                    ///< weak or strong; empty: none, or too long to be kept
  FixedString<29> last_modified;
  std::optional<crypto::Md5Digest> md5;        ///< of the file
  std::optional<crypto::Sha256Digest> sha256;  ///< of the file
  image::VersionText version;                  ///< empty: not told

  [[nodiscard]] bool has_strong_etag() const { return is_strong(etag); }
  /// For `If-Range`; empty: the server vouches for nothing.
  [[nodiscard]] std::string_view validator() const {
    return has_strong_etag() ? etag.view() : last_modified.view();
  }
};

/// Reads the head of a `200`. Outcomes: the offer; bad_response: no length, an encoding, a digest that is
/// none; no_space: larger than any slot can be.
[[nodiscard]] Result<Offer> read_whole(const port::HttpClient::Response& response);
/// Reads the head of a `206` that answers for the last `asked_bytes`. Outcomes: as read_whole(); bad_response
/// also for any other part of the file.
[[nodiscard]] Result<Offer> read_tail(const port::HttpClient::Response& response, std::uint32_t asked_bytes);

/// Whether a `206` goes on at byte `have` of what was offered before, to the end.
[[nodiscard]] bool continues(const port::HttpClient::Response& response, const Offer& offer,
                             std::uint32_t have);

/// Whether one strong ETag stands for files of two sizes: at least one of them is no whole file.
[[nodiscard]] bool contradict(const Offer& a, const Offer& b);

/// Whether nothing says that these are two files.
[[nodiscard]] bool may_be_same(const Offer& a, const Offer& b);

}  // namespace airlift::pull
