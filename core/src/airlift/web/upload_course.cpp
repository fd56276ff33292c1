#include "airlift/web/upload_course.hpp"

#include <limits>

#include "airlift/element/address_text.hpp"

namespace airlift::web {

using Direct = element::DirectUpload;
using Multipart = http::MultipartReader;

std::optional<image::Kind> kind_of(std::string_view field) {
  if (field == "firmware") return image::Kind::firmware;
  if (field == "filesystem") return image::Kind::filesystem;
  return std::nullopt;
}

bool UploadCourse::begin(std::string_view content_type, std::uint64_t body_bytes,
                         const port::Endpoint& peer) {
  reset();
  if (!multipart_.start(content_type, body_bytes)) return false;
  peer_ = peer;
  state_ = State::reading;
  return true;
}

void UploadCourse::end(UpdateError error) {
  error_ = error;
  state_ = State::over;
}

void UploadCourse::abort(element::OtaElement& ota, UpdateError reason) {
  if (state_ == State::idle || state_ == State::over) return;
  if (owns_upload_) ota.direct_upload().abort(reason);
  end(owns_upload_ ? ota.direct_upload().error() : reason);
}

UploadCourse::Step UploadCourse::step(element::OtaElement& ota, Input& input) {
  switch (state_) {
    case State::reading:
      return multipart_.state() == Multipart::State::file ? read_file(ota, input) : read_wrapping(ota, input);
    case State::finishing:
      ota.direct_upload().step();
      watch(ota);
      return Step::went;
    case State::idle:
    case State::over:
      break;
  }
  return Step::waits;
}

/// Sees whether the updater has come to an end.
void UploadCourse::watch(element::OtaElement& ota) {
  const Direct& direct = ota.direct_upload();
  if (direct.state() == Direct::State::judged) end(direct.error());
}

UploadCourse::Step UploadCourse::read_wrapping(element::OtaElement& ota, Input& input) {
  const Result<Input::Read> read = input.fill();
  const bool lost = !read.ok() || (read.value().count == 0 && read.value().end_of_data);
  if (lost) {
    abort(ota, UpdateError::connection_lost);
    return Step::went;
  }
  if (read.value().count == 0) return Step::waits;
  input.consume(multipart_.take(input.buffered()));
  const Multipart::State now = multipart_.state();
  if (now == Multipart::State::refused) {
    abort(ota, UpdateError::bad_message);
  } else if (now == Multipart::State::file) {
    begin_upload(ota);
  } else if (now == Multipart::State::done) {
    ota.direct_upload().finish();
    state_ = State::finishing;
  }
  return Step::went;
}

void UploadCourse::begin_upload(element::OtaElement& ota) {
  const auto kind = kind_of(multipart_.field());
  if (!kind) return end(UpdateError::wrong_kind);
  update::Announcement announcement;
  announcement.kind = *kind;
  constexpr std::uint64_t most{std::numeric_limits<std::uint32_t>::max()};
  if (multipart_.file_bytes() > most) return end(UpdateError::no_space);
  announcement.size_bytes = static_cast<std::uint32_t>(multipart_.file_bytes());
  announcement.source = boot::SourceText{"browser "}.append(element::address_text(peer_.address));
  const Status begun = ota.begin_direct_upload(announcement);
  if (!begun.ok()) return end(begun.error());
  owns_upload_ = true;
}

/// Straight into the updater's room, with the work of a block behind it.
UploadCourse::Step UploadCourse::read_file(element::OtaElement& ota, Input& input) {
  Direct& direct = ota.direct_upload();
  Step step{direct.room().empty() ? Step::went : Step::waits};  // without room there is work to do
  for (MutableBytes room = direct.room(); !room.empty(); room = direct.room()) {
    const Result<Input::Read> read = input.read(room);
    if (!read.ok() || (read.value().count == 0 && read.value().end_of_data)) {
      abort(ota, UpdateError::connection_lost);
      return Step::went;
    }
    if (read.value().count == 0) break;
    step = Step::went;
    multipart_.took_file(room.first(read.value().count));
    if (multipart_.state() == Multipart::State::refused) {
      abort(ota, UpdateError::bad_message);
      return step;
    }
    direct.took(read.value().count);
  }
  direct.step();
  watch(ota);
  return step;
}

}  // namespace airlift::web
