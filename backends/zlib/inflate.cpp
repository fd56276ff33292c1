// Core's gzip by zlib, which takes its memory from the arena that the caller gave.

#define ZLIB_CONST  // input is const
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>

#include "airlift/codec/inflate_backend.hpp"

namespace airlift::codec::backend {
namespace {

/// zlib's stream, and what is left of the arena. zlib keeps a pointer to the stream: it must not move.
struct State {
  z_stream stream;
  void* arena;
  std::size_t arena_bytes;
};

template <std::size_t Size>
State* state_in(std::array<std::uint8_t, Size>& room) {
  static_assert(sizeof(State) <= Size && alignof(State) <= 8 && std::is_trivially_destructible_v<State>);
  return std::launder(reinterpret_cast<State*>(room.data()));
}

// zlib allocates twice: its tables at the start, the window with the first output.
void* allocate(void* opaque, unsigned count, unsigned size) {
  State& state = *static_cast<State*>(opaque);
  const std::size_t bytes = std::size_t{count} * size;
  if (std::align(alignof(std::max_align_t), bytes, state.arena, state.arena_bytes) == nullptr) return nullptr;
  void* taken = state.arena;
  state.arena = static_cast<std::uint8_t*>(taken) + bytes;
  state.arena_bytes -= bytes;
  return taken;
}

void release(void*, void*) {}  // start() begins with the whole arena again

unsigned clamped(std::size_t size) {
  return static_cast<unsigned>(std::min<std::size_t>(size, std::numeric_limits<unsigned>::max()));
}

// zlib has one code for all that is wrong with data; only its message (inflate.c, inffast.c) tells this one
// apart.
bool is_too_far_back(const z_stream& stream) {
  return stream.msg != nullptr && std::string_view{stream.msg} == "invalid distance too far back";
}

}  // namespace

bool Inflate::start(MutableBytes arena, int window_bits) {
  constexpr int gzip_only{16};  // zlib.h, inflateInit2
  State* state = new (state_.data()) State{{}, arena.data(), arena.size()};
  state->stream.zalloc = allocate;
  state->stream.zfree = release;
  state->stream.opaque = state;
  return inflateInit2(&state->stream, gzip_only + window_bits) == Z_OK;
}

Inflate::Outcome Inflate::run(Bytes& in, MutableBytes& out) {
  z_stream& stream = state_in(state_)->stream;
  std::uint8_t nowhere{0};  // zlib wants a place even for no bytes
  const unsigned given = clamped(in.size());
  const unsigned room = clamped(out.size());
  stream.next_in = in.data();
  stream.avail_in = given;
  stream.next_out = room == 0 ? &nowhere : out.data();
  stream.avail_out = room;
  const int code = inflate(&stream, Z_NO_FLUSH);
  in = in.subspan(given - stream.avail_in);
  out = out.subspan(room - stream.avail_out);
  switch (code) {
    case Z_OK:
    case Z_BUF_ERROR:  // nothing could be done: no input, or no room
      return Outcome::more;
    case Z_STREAM_END:
      return Outcome::end;
    case Z_MEM_ERROR:
      return Outcome::no_memory;
    default:
      return is_too_far_back(stream) ? Outcome::too_far_back : Outcome::damaged;
  }
}

std::size_t Inflate::total_out() const {
  return std::launder(reinterpret_cast<const State*>(state_.data()))->stream.total_out;
}

}  // namespace airlift::codec::backend
