#include "airlift/update/gzip_unpacker.hpp"

namespace airlift::update {

void GzipUnpacker::start() {
  gzip_.start();
  sha256_.start();
  consumed_ = filled_ = 0;
}

Result<Unpacker::Step> GzipUnpacker::unpack(Bytes block, Input input) {
  using Progress = codec::GzipReader::Progress;
  Bytes in = block.subspan(consumed_);
  MutableBytes out = room_.subspan(filled_);
  const Result<Progress> fed = gzip_.feed(in, out);
  if (!fed.ok()) return fed.error();
  consumed_ = block.size() - in.size();
  filled_ = room_.size() - out.size();
  const bool used_up = fed.value() != Progress::more_room;
  const bool ended = fed.value() == Progress::end;
  if (used_up && input == Input::ends && !ended) return UpdateError::gzip_damaged;
  Step step;
  step.block_used_up = used_up && input == Input::goes_on;
  step.last = ended && input == Input::ends;
  if (step.block_used_up) consumed_ = 0;
  if (filled_ < room_.size() && !step.last) return step;
  sha256_.update(room_.first(filled_));
  step.count = filled_;
  filled_ = 0;
  return step;
}

}  // namespace airlift::update
