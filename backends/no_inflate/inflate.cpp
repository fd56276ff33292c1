// For boards without memory for a window of 32 KiB: nothing is inflated.

#include "airlift/codec/inflate_backend.hpp"

namespace airlift::codec::backend {

bool Inflate::start(MutableBytes /*arena*/, int /*window_bits*/) {
  return false;
}

Inflate::Outcome Inflate::run(Bytes& /*in*/, MutableBytes& /*out*/) {
  return Outcome::no_memory;
}

std::size_t Inflate::total_out() const {
  return 0;
}

}  // namespace airlift::codec::backend
