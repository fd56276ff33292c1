#pragma once
// What a request is answered with. A pure function of the request and the catalog; the table is in
// docs/design/update-server.md, "Requests".

#include "airlift/http/text_writer.hpp"
#include "airlift_server/conditional.hpp"
#include "airlift_server/device_request.hpp"
#include "airlift_server/offer.hpp"

namespace airlift::server {

struct Answer {
  enum class Body : std::uint8_t {
    none,   ///< but the length may be told (HEAD)
    text,   ///< `text`
    image,  ///< `range` of the offer's file
    gzip,   ///< the offer's gzip sibling, whole
  };
  int status{200};
  Body body{Body::none};
  std::string_view text;            ///< a line for people, of static storage
  std::string_view remark;          ///< for the log: why it is not what could be expected; may be empty
  std::optional<Offer> offer;       ///< what the answer is about: 200, 206, 304, 412, 416
  const StoredFile* file{nullptr};  ///< of the offer: the representation
  ByteRange range;                  ///< of that; of a HEAD what a GET would bring
  int retry_after_s{0};             ///< 0: not told

  [[nodiscard]] std::uint64_t body_bytes() const {
    return body == Body::none ? 0 : body == Body::text ? text.size() : range.count;
  }
};

/// Whoever asks may.
[[nodiscard]] Answer answer(const http::Request& request, const DeviceRequest& device,
                            const Conditions& conditions, const Channels& channels);

/// An answer of a line for people.
[[nodiscard]] Answer refusal(int status, std::string_view text, std::string_view remark = {});

enum class Ending : std::uint8_t { keep_alive, close };

/// With the empty line that ends it; `date` is the time now, as an HTTP date. All answers fit
/// answer_head_bytes.
void write_head(http::TextWriter& into, const Answer& answer, Ending ending, std::string_view date);
inline constexpr std::size_t answer_head_bytes{1024};

}  // namespace airlift::server
