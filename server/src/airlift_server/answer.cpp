#include "airlift_server/answer.hpp"

#include <algorithm>

#include "airlift/codec/text.hpp"
#include "airlift/http/answer.hpp"
#include "airlift/http/http_date.hpp"
#include "airlift_server/layout.hpp"
#include "airlift_server/selection.hpp"

namespace airlift::server {
namespace {

using Mode = DeviceRequest::Mode;

/// What a path means.
struct Place {
  std::string_view channel;  ///< `<board>/<channel>`
  image::Kind kind{image::Kind::firmware};
};

/// `/<board>/<channel>`, `/` or one of the current files' names behind it. Nothing is opened by such a path:
/// it is only looked up.
std::optional<Place> place_of(std::string_view path, Mode mode) {
  if (path.empty()) return std::nullopt;
  std::string_view rest = path.substr(1);
  const std::string_view board = codec::take_until(rest, '/');
  const std::string_view channel = codec::take_until(rest, '/');
  if (!is_folder_name(board) || !is_folder_name(channel)) return std::nullopt;
  const bool filesystem = rest == current_name(image::Kind::filesystem);
  if (!rest.empty() && !filesystem && rest != current_name(image::Kind::firmware)) return std::nullopt;
  const bool wants_filesystem = filesystem || mode == Mode::filesystem;
  return Place{path.substr(1, board.size() + 1 + channel.size()),
               wants_filesystem ? image::Kind::filesystem : image::Kind::firmware};
}

bool runs(const DeviceRequest& device, const Image& image) {
  const std::array all{&image.image, &image.payload, &image.file.digests};
  const auto has_sha256 = [&](const crypto::Sha256Digest& digest) {
    return image.esp32_digest == digest ||
           std::any_of(all.begin(), all.end(), [&](const Digests* each) { return each->sha256 == digest; });
  };
  if (device.image_sha256 && has_sha256(*device.image_sha256)) return true;
  if (device.sketch_sha256 && has_sha256(*device.sketch_sha256)) return true;
  if (device.sketch_md5 && std::any_of(all.begin(), all.end(), [&](const Digests* each) {
        return each->md5 == *device.sketch_md5;
      })) {
    return true;
  }
  return !device.tells_digest() && !device.version.empty() && device.version == image.version();
}

bool not_modified(const Conditions& conditions, const StoredFile& file) {
  if (!conditions.if_none_match.empty()) {
    return lists_etag(conditions.if_none_match, file.etag, Comparison::weak);
  }
  const auto since = http::parse_http_date(conditions.if_modified_since);
  return since && http::parse_http_date(file.last_modified) <= since;
}

/// RFC 9110 13.1.5: an entity tag is compared strongly, a date must be the same.
bool range_counts(std::string_view if_range, const StoredFile& file) {
  return if_range.empty() || if_range == file.etag || if_range == file.last_modified;
}

bool takes_gzip(const http::Request& request) {
  std::string_view list = request.accept_encoding;
  while (!list.empty()) {
    std::string_view parameters = codec::take_until(list, ',');
    const std::string_view coding = codec::trimmed(codec::take_until(parameters, ';'));
    if (!codec::equal_ignoring_case(coding, "gzip")) continue;
    const std::string_view weight = codec::trimmed(parameters);
    return weight.empty() || weight.find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

Answer about(const Offer& offer, int status, std::string_view remark) {
  Answer answer;
  answer.status = status;
  answer.offer = offer;
  answer.file = &offer.image->file;
  answer.remark = remark;
  return answer;
}

Answer give_range(const http::Request& request, Answer answer, const Conditions& conditions) {
  answer.range = {0, answer.file->mark.size_bytes};
  if (request.method != http::Method::get) return answer;
  answer.body = Answer::Body::image;
  if (conditions.range.empty() || !range_counts(conditions.if_range, *answer.file)) return answer;
  const RangeWish wish = read_range(conditions.range, answer.file->mark.size_bytes);
  switch (wish.kind) {
    case RangeWish::Kind::none:
      return answer;
    case RangeWish::Kind::one:
      answer.status = 206;
      answer.range = wish.range;
      return answer;
    case RangeWish::Kind::unsatisfiable:
      answer.status = 416;
      answer.body = Answer::Body::none;
      answer.range = {};
      return answer;
  }
  return answer;
}

Answer give_gzip(const http::Request& request, Answer answer) {
  answer.file = answer.offer->gzip.get();
  answer.range = {0, answer.file->mark.size_bytes};
  if (request.method == http::Method::get) answer.body = Answer::Body::gzip;
  return answer;
}

void append_content_range(http::TextWriter& into, const Answer& answer) {
  into.append("Content-Range: bytes ");
  if (answer.status == 206) {
    into.append_number(answer.range.first)
        .append("-")
        .append_number(answer.range.first + answer.range.count - 1);
  } else {
    into.append("*");
  }
  into.append("/").append_number(answer.file->mark.size_bytes).append("\r\n");
}

void append_offer(http::TextWriter& into, const Answer& answer) {
  const Image& image = *answer.offer->image;
  if (!image.version().empty()) http::append_header(into, "x-version", image.version());
  http::append_header(into, "ETag", answer.file->etag);
  if (answer.offer->gzip) http::append_header(into, "Vary", "Accept-Encoding");
  if (answer.status == 206 || answer.status == 416) append_content_range(into, answer);
  if (answer.status != 200 && answer.status != 206) return;
  http::append_header(into, "x-MD5", image.md5_text);
  http::append_header(into, "x-SHA256", image.sha256_text);
  http::append_header(into, "Last-Modified", answer.file->last_modified);
  if (answer.file == &image.file) {
    http::append_header(into, "Accept-Ranges", "bytes");
  } else {
    http::append_header(into, "Content-Encoding", "gzip");
  }
}

Answer answer_with(const Offer& offer, const http::Request& request, const DeviceRequest& device,
                   const Conditions& conditions) {
  const Image& image = *offer.image;
  const bool compressed = offer.gzip && conditions.range.empty() && takes_gzip(request);
  const StoredFile& file = compressed ? *offer.gzip : image.file;
  if (device.mode == Mode::version) return about(offer, 200, "version only");
  if (!conditions.if_match.empty() && !lists_etag(conditions.if_match, file.etag, Comparison::strong)) {
    return about(offer, 412, "another file by now");
  }
  if (device.mode == Mode::firmware && runs(device, image)) return about(offer, 304, "runs it");
  if (not_modified(conditions, file)) return about(offer, 304, "has it");
  if (device.mode == Mode::firmware && device.free_bytes && image.file.mark.size_bytes > *device.free_bytes) {
    return about(offer, 304, "no room for it");
  }
  const Answer whole = about(offer, 200, {});
  return compressed ? give_gzip(request, whole) : give_range(request, whole, conditions);
}

}  // namespace

Answer refusal(int status, std::string_view text, std::string_view remark) {
  Answer answer;
  answer.status = status;
  answer.body = Answer::Body::text;
  answer.text = text;
  answer.remark = remark;
  return answer;
}

Answer answer(const http::Request& request, const DeviceRequest& device, const Conditions& conditions,
              const Channels& channels) {
  if (request.method != http::Method::get && request.method != http::Method::head) {
    return refusal(405, "Only GET and HEAD.\n");
  }
  if (request.path == "/") {
    return refusal(200, "Airlift's update server: ask for /<board>/<channel>/firmware.bin\n");
  }
  const auto place = place_of(request.path, device.mode);
  const auto channel = place ? channels.find(place->channel) : channels.end();
  const Offer* const offer =
      channel == channels.end() ? nullptr : select(channel->second, {place->kind, device.version});
  if (offer != nullptr) return answer_with(*offer, request, device, conditions);
  return refusal(404, "Nothing is offered here.\n",
                 channel == channels.end() ? "no such board and channel" : "nothing suits");
}

void write_head(http::TextWriter& into, const Answer& answer, Ending ending, std::string_view date) {
  const bool text = answer.body == Answer::Body::text;
  const std::uint64_t length = text ? answer.text.size() : answer.range.count;
  http::append_head(into,
                    {answer.status, http::AnswerHead::Framing::length, length, ending == Ending::keep_alive,
                     text                     ? "text/plain"
                     : answer.range.count > 0 ? "application/octet-stream"
                                              : std::string_view{}});
  http::append_header(into, "Date", date);
  if (answer.status == 405) http::append_header(into, "Allow", "GET, HEAD");
  if (answer.status == 401) http::append_header(into, "WWW-Authenticate", "Basic realm=\"airlift\"");
  if (answer.retry_after_s > 0) {
    into.append("Retry-After: ").append_number(answer.retry_after_s).append("\r\n");
  }
  if (answer.offer) append_offer(into, answer);
  http::end_head(into);
}

}  // namespace airlift::server
