#include "airlift/pull/running_image.hpp"

namespace airlift::pull {
namespace {

constexpr std::size_t block_bytes{1024};
constexpr boot::SlotInfo nothing{};

}  // namespace

const boot::SlotInfo& RunningImage::info() const {
  const boot::BootRecord::Slots& slots = store_.record().of(image::Kind::firmware);
  return slots.active == boot::SlotId::none ? nothing : slots.at(slots.active);
}

void RunningImage::conclude(std::optional<crypto::Md5Digest> digest) {
  digest_ = digest;
  known_of_ = read_of_;
  reader_.reset();
}

void RunningImage::step() {
  if (known()) return;
  if (!reader_) {
    read_of_ = identity().sha256;
    digest_.reset();
    if (identity().empty()) return conclude(std::nullopt);
    const boot::SlotId active = store_.record().of(image::Kind::firmware).active;
    reader_.emplace(store_.flash(), store_.image_area(image::Kind::firmware, active), identity());
    md5_.start();
  }
  std::array<std::uint8_t, block_bytes> block{};
  const Result<std::size_t> read = reader_->next(block);
  if (!read.ok()) return conclude(std::nullopt);
  if (read.value() > 0) {
    md5_.update(Bytes{block}.first(read.value()));
  } else {
    conclude(reader_->verify().ok() ? std::optional{md5_.finish()} : std::nullopt);
  }
}

}  // namespace airlift::pull
