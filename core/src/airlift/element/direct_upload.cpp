#include "airlift/element/direct_upload.hpp"

namespace airlift::element {

using Phase = update::Updater::Phase;

Status DirectUpload::begin(const update::Announcement& announcement) {
  assert(state_ == State::idle);
  const Status begun = updater_.begin(announcement);
  if (!begun.ok()) return begun;
  error_ = UpdateError::none;
  state_ = State::receiving;
  return {};
}

void DirectUpload::judge(UpdateError error) {
  error_ = error;
  state_ = State::judged;
}

MutableBytes DirectUpload::room() {
  return state_ == State::receiving ? updater_.room() : MutableBytes{};
}

void DirectUpload::took(std::size_t count) {
  updater_.took(count);
  if (updater_.received_bytes() == updater_.announcement().size_bytes) state_ = State::complete;
}

void DirectUpload::step() {
  if (state_ != State::receiving && state_ != State::finishing) return;
  updater_.step();
  if (updater_.phase() == Phase::failed) judge(updater_.error());
  if (updater_.phase() == Phase::done) judge(UpdateError::none);
}

void DirectUpload::finish() {
  assert(state_ == State::complete);
  state_ = State::finishing;
}

void DirectUpload::abort(UpdateError reason) {
  if (state_ == State::idle || state_ == State::judged || state_ == State::concluded) return;
  updater_.abort(reason);
  judge(reason);
}

void DirectUpload::conclude() {
  if (state_ == State::judged) state_ = State::concluded;
}

}  // namespace airlift::element
