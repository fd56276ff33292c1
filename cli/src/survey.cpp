#include "survey.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>

#include "airlift/codec/gzip.hpp"

namespace airlift::cli {
namespace {

/// The image as it comes out of the payload.
class ImageSurvey {
 public:
  void feed(Bytes bytes) {
    size_bytes_ += bytes.size();
    sha256_.update(bytes);
    esp_.feed(bytes);
    const std::size_t wanted = std::min(guess_bytes - start_.size(), bytes.size());
    start_.insert(start_.end(), bytes.begin(), bytes.begin() + wanted);
  }

  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

  void finish(Survey& survey) {
    survey.image_bytes = size_bytes_;
    survey.image_sha256 = sha256_.finish();
    survey.content = guess_content({start_.data(), start_.size()}, size_bytes_);
    survey.esp_parts = esp_.parts();
  }

 private:
  std::uint64_t size_bytes_{0};
  crypto::Sha256 sha256_;
  EspReader esp_;
  std::vector<std::uint8_t> start_;
};

class Unpacker {
 public:
  explicit Unpacker(ImageSurvey& image) : image_{image} { reader_.start(); }

  void feed(Bytes bytes) {
    while (!ended_ && error_ == UpdateError::none) {
      MutableBytes room{room_};
      const auto progress = reader_.feed(bytes, room);
      image_.feed(Bytes{room_}.first(room_.size() - room.size()));
      if (!progress.ok()) {
        error_ = progress.error();
      } else if (image_.size_bytes() > std::numeric_limits<std::uint32_t>::max()) {
        error_ = UpdateError::no_space;
      } else if (progress.value() == codec::GzipReader::Progress::more_input) {
        return;
      }
      ended_ = progress.ok() && progress.value() == codec::GzipReader::Progress::end;
    }
    // Bytes behind the end.
    if (error_ == UpdateError::none && !bytes.empty()) error_ = UpdateError::gzip_damaged;
  }

  [[nodiscard]] UpdateError result() const {
    return error_ == UpdateError::none && !ended_ ? UpdateError::gzip_damaged : error_;
  }

 private:
  ImageSurvey& image_;
  std::array<std::uint8_t, codec::gzip_arena_bytes()> arena_{};
  codec::GzipReader reader_{arena_};
  std::array<std::uint8_t, 32768> room_{};
  bool ended_{false};
  UpdateError error_{UpdateError::none};
};

/// The payload: its digests, and what comes out of it.
class PayloadSurvey {
 public:
  explicit PayloadSurvey(Digests digests) : digests_{digests} {}

  void feed(Bytes bytes) {
    if (bytes.empty()) return;
    // A piece of a file has two bytes at least, unless that is all there is.
    if (!begun_ && codec::is_gzip(bytes)) unpacker_ = std::make_unique<Unpacker>(image_);
    begun_ = true;
    sha256_.update(bytes);
    if (digests_ == Digests::all) {
      sha384_.update(bytes);
      sha512_.update(bytes);
    }
    if (unpacker_) {
      unpacker_->feed(bytes);
    } else {
      image_.feed(bytes);
    }
  }

  void finish(Survey& survey) {
    survey.payload_sha256 = sha256_.finish();
    survey.payload_sha384 = sha384_.finish();
    survey.payload_sha512 = sha512_.finish();
    survey.compression = unpacker_ ? image::Compression::gzip : image::Compression::none;
    if (unpacker_) survey.unpacking = unpacker_->result();
    image_.finish(survey);
  }

 private:
  Digests digests_;
  bool begun_{false};
  crypto::Sha256 sha256_;
  crypto::Sha384 sha384_;
  crypto::Sha512 sha512_;
  ImageSurvey image_;
  std::unique_ptr<Unpacker> unpacker_;
};

}  // namespace

Bytes Survey::payload_digest(crypto::DigestKind kind) const {
  switch (kind) {
    case crypto::DigestKind::sha256:
      return payload_sha256;
    case crypto::DigestKind::sha384:
      return payload_sha384;
    case crypto::DigestKind::sha512:
      return payload_sha512;
  }
  return {};
}

Survey survey(ImageFile& file, std::uint32_t payload_bytes, Digests digests, Meter& meter) {
  Survey result;
  result.file_bytes = file.size_bytes();
  result.payload_bytes = payload_bytes;
  crypto::Md5 md5;
  crypto::Sha256 sha256;
  PayloadSurvey payload{digests};
  std::uint32_t position{0};
  meter.begin(file.size_bytes());
  file.read(0, file.size_bytes(), [&](Bytes bytes) {
    md5.update(bytes);
    sha256.update(bytes);
    payload.feed(bytes.first(std::min<std::size_t>(bytes.size(), payload_bytes - position)));
    position = std::min(payload_bytes, position + static_cast<std::uint32_t>(bytes.size()));
    meter.advance(bytes.size());
  });
  result.file_md5 = md5.finish();
  result.file_sha256 = sha256.finish();
  payload.finish(result);
  return result;
}

}  // namespace airlift::cli
