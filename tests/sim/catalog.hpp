#pragma once
// The images that are installed, as files, signed once in advance.

#include <memory>
#include <string_view>
#include <vector>

#include "airlift/image/policy.hpp"
#include "geometry.hpp"

namespace airlift::sim {

enum class FileId : std::int8_t {
  none = -1,
  factory_firmware,    ///< what the device comes with, signed with the first key
  factory_filesystem,  ///< likewise
  firmware_2,
  firmware_3,
  bundle_firmware,    ///< with the next one
  bundle_filesystem,  ///< with the one before
  bad_bundle_firmware,
  bad_bundle_filesystem,
  retiring_firmware,  ///< signed with the second key, retires the first and raises the floor
  old_key_firmware,   ///< signed with the first key
  low_firmware,       ///< its counter is below the raised floor
  tampered_firmware,  ///< its signature is wrong
  half_filesystem,    ///< of a bundle, signed with the first key, low counter
  half_firmware,      ///< the other half, fine after the retirement
  gzip_firmware,
  filesystem_2,
  last_firmware,  ///< installed in the end, to see whether that is still possible
  last_filesystem,
};
inline constexpr std::size_t files{18};

enum class Signer : std::uint8_t { first, second };

struct File {
  std::string_view name;
  image::Kind kind{image::Kind::firmware};
  Signer signer{Signer::second};
  bool tampered{false};
  bool retires_first{false};
  std::uint32_t counter{0};
  std::uint64_t bundle_id{0};
  FileId partner{FileId::none};
  image::Compression compression{image::Compression::none};
  std::vector<std::uint8_t> image;   ///< as it is stored
  std::vector<std::uint8_t> upload;  ///< as it is sent: payload and trailer
  std::size_t payload_bytes{0};
};

/// All files in the sizes of one geometry, and the keys. Shared by all threads, never changed.
class Catalog {
 public:
  explicit Catalog(const Geometry& geometry);

  [[nodiscard]] const File& operator[](FileId id) const { return files_[static_cast<std::size_t>(id)]; }
  /// The file of this kind whose image this is; none: it is no file's.
  [[nodiscard]] FileId find(image::Kind kind, Bytes image) const;
  [[nodiscard]] const image::KeyRing& keys() const { return keys_; }
  [[nodiscard]] const crypto::KeyId& first_key() const { return first_key_; }

 private:
  std::vector<File> files_;
  image::KeyRing keys_;
  crypto::KeyId first_key_{};
};

}  // namespace airlift::sim
