#pragma once
// The MD5 of the image that runs, which servers for the ESP clients ask for; the boot record has no MD5.

#include <optional>

#include "airlift/boot/image_reader.hpp"

namespace airlift::pull {

class RunningImage {
 public:
  /// `store` outlives this.
  explicit RunningImage(const boot::SlotStore& store) : store_{store} {}

  /// True: all is known of what is active now. False: step() has work to do.
  [[nodiscard]] bool known() const { return known_of_ && *known_of_ == identity().sha256; }
  /// Reads on by a block.
  void step();

  /// What is active now, as the boot record says; empty: nothing.
  [[nodiscard]] const image::Identity& identity() const { return info().image; }
  [[nodiscard]] const boot::SlotInfo& info() const;
  /// Nothing: not known() yet, nothing is active, or it could not be read.
  [[nodiscard]] const std::optional<crypto::Md5Digest>& md5() const { return digest_; }

 private:
  void conclude(std::optional<crypto::Md5Digest> digest);

  const boot::SlotStore& store_;
  std::optional<boot::ImageReader> reader_;
  crypto::Sha256Digest read_of_{};  ///< what reader_ reads
  crypto::Md5 md5_;
  std::optional<crypto::Sha256Digest> known_of_;
  std::optional<crypto::Md5Digest> digest_;
};

}  // namespace airlift::pull
