#include "airlift/element/file_intake.hpp"

#include <algorithm>

namespace airlift::element {

void FileIntake::begin(Form form) {
  form_ = form;
  packed_from_ = packed_to_ = 0;
  held_back_ = false;
  if (form == Form::compressed) gzip_.start();
}

Result<FileIntake::Taken> FileIntake::take(port::Stream& stream, wire::FrameReader& reader,
                                           update::Updater& updater) {
  Taken taken;
  for (int reads = 0; reads < most_reads; ++reads) {
    if (const Status unpacked = unpack(updater); !unpacked.ok()) return unpacked.error();
    if (updater.room().empty()) break;
    const Result<port::Stream::Read> read = read_piece(stream, reader, updater);
    if (!read.ok()) return read.error();
    // Only nothing means that nothing is left: TLS gives one record at a time.
    if (read.value().count == 0) {
      taken.end_of_data = read.value().end_of_data;
      return taken;
    }
    taken.something = true;
  }
  taken.may_go_on = true;
  return taken;
}

Result<port::Stream::Read> FileIntake::read_piece(port::Stream& stream, wire::FrameReader& reader,
                                                  update::Updater& updater) {
  const bool in_data = reader.state() == wire::FrameReader::State::data;
  MutableBytes into = in_data ? data_room(updater) : reader.room();
  if (in_data) into = into.first(std::min(into.size(), reader.data_left()));
  const Result<port::Stream::Read> read = stream.read(into);
  if (!read.ok()) return read;
  const std::size_t count = read.value().count;
  if (!in_data) {
    reader.took(count);
    const bool right = reader.state() == wire::FrameReader::State::header ||
                       reader.state() == wire::FrameReader::State::data;
    return right ? read : Result<port::Stream::Read>{UpdateError::bad_message};
  }
  reader.data_taken(count);
  if (form_ == Form::plain && count > 0) updater.took(count);
  if (form_ == Form::compressed) packed_to_ = count;
  return read;
}

/// What was read before has been unpacked, or the updater's room would be full.
MutableBytes FileIntake::data_room(update::Updater& updater) {
  if (form_ == Form::plain) return updater.room();
  packed_from_ = packed_to_ = 0;
  return packed_;
}

Status FileIntake::unpack(update::Updater& updater) {
  while ((packed_from_ < packed_to_ || held_back_) && !updater.room().empty()) {
    Bytes in = Bytes{packed_}.subspan(packed_from_, packed_to_ - packed_from_);
    MutableBytes out = updater.room();
    const std::size_t room = out.size();
    const Result<codec::GzipReader::Progress> fed = gzip_.feed(in, out);
    if (!fed.ok()) return fed.error();
    if (out.size() < room) updater.took(room - out.size());
    packed_from_ = packed_to_ - in.size();
    held_back_ = fed.value() == codec::GzipReader::Progress::more_room;
    const bool ended = fed.value() == codec::GzipReader::Progress::end;
    if (ended && updater.received_bytes() < updater.announcement().size_bytes) return UpdateError::bad_size;
  }
  return {};
}

}  // namespace airlift::element
