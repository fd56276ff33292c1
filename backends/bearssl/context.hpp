#pragma once

#include <bearssl_hash.h>

#include <new>
#include <type_traits>

#include "airlift/crypto/backend.hpp"

namespace airlift::crypto::backend {

template <typename Context, std::size_t Size>
Context* context_in(StateStorage<Size>& state) {
  static_assert(sizeof(Context) <= Size);
  static_assert(alignof(Context) <= alignof(StateStorage<Size>));
  static_assert(std::is_trivially_copyable_v<Context>, "a copy of the storage is a copy of the state");
  return std::launder(reinterpret_cast<Context*>(state.bytes.data()));
}

}  // namespace airlift::crypto::backend
