#pragma once
// What stands at the start of a slot with a complete image. Format: docs/design/storage.md.

#include "airlift/base/status.hpp"
#include "airlift/image/trailer.hpp"

namespace airlift::boot {

struct SlotHeader {
  image::Kind kind{image::Kind::firmware};
  bool verified{false};  ///< the signature was checked
  image::Identity image;
  image::VersionText version;
  std::uint32_t security_counter{0};                                 ///< of a verified manifest, else 0
  std::uint32_t sequence{0};                                         ///< of the record at that time
  std::array<std::uint8_t, image::longest_trailer_bytes> trailer{};  ///< as it came
  std::size_t trailer_bytes{0};
};

inline constexpr std::uint32_t slot_header_bytes{1024};
using SlotHeaderBytes = std::array<std::uint8_t, slot_header_bytes>;

[[nodiscard]] SlotHeaderBytes encode(const SlotHeader& header);
/// Fills `header`, as copies of it are large. Outcomes: ok; no_image: wrong magic, version, checksum, or a
/// field that cannot be.
[[nodiscard]] Status decode(const SlotHeaderBytes& bytes, SlotHeader& header);

}  // namespace airlift::boot
