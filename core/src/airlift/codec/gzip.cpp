#include "airlift/codec/gzip.hpp"

namespace airlift::codec {

using Outcome = backend::Inflate::Outcome;

GzipReader::GzipReader(MutableBytes arena, int window_bits) : arena_{arena}, window_bits_{window_bits} {
  assert(window_bits >= 9 && window_bits <= longest_gzip_window_bits);
}

void GzipReader::start() {
  ended_ = false;
  error_ = inflate_.start(arena_, window_bits_) ? UpdateError::none : UpdateError::gzip_window;
}

Result<GzipReader::Progress> GzipReader::feed(Bytes& in, MutableBytes& out) {
  if (error_ != UpdateError::none) return error_;
  const Outcome outcome = ended_ ? Outcome::end : inflate_.run(in, out);
  switch (outcome) {
    case Outcome::more:
      // Room that is full may hide more to come even when all input is taken: the decoder holds it back.
      return !in.empty() || out.empty() ? Progress::more_room : Progress::more_input;
    case Outcome::end:
      ended_ = true;
      return in.empty() ? Result<Progress>{Progress::end} : fail(UpdateError::gzip_damaged);
    case Outcome::too_far_back:
      return fail(window_is_to_blame() ? UpdateError::gzip_window : UpdateError::gzip_damaged);
    case Outcome::no_memory:
      return fail(UpdateError::gzip_window);
    case Outcome::damaged:
      break;
  }
  return fail(UpdateError::gzip_damaged);
}

// A distance that reaches behind the beginning of the image, or further than any window, is damage.
bool GzipReader::window_is_to_blame() const {
  return window_bits_ < longest_gzip_window_bits && inflate_.total_out() > std::size_t{1} << window_bits_;
}

UpdateError GzipReader::fail(UpdateError error) {
  error_ = error;
  return error;
}

}  // namespace airlift::codec
