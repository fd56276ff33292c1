#include "plants.hpp"

#include <algorithm>

namespace airlift::sim {
namespace {

Status write_payload(update::PayloadWriter& writer, Bytes payload) {
  while (!writer.done()) {
    const MutableBytes room = writer.room();
    const std::size_t count = std::min(room.size(), payload.size());
    std::copy_n(payload.begin(), count, room.begin());
    writer.took(count);
    payload = payload.subspan(count);
    if (payload.empty()) writer.end_input();
    if (const Status stepped = writer.step(); !stepped.ok()) return stepped;
  }
  return {};
}

boot::StagedImage staged_image(const image::Policy& policy, const image::PayloadFacts& payload,
                               const image::Trailer& trailer) {
  boot::StagedImage staged;
  staged.image = {payload.image_bytes, payload.image_sha256};
  const auto manifest = image::decode_manifest(trailer.manifest);
  if (!manifest.ok()) return staged;
  staged.bundle_id = manifest.value().bundle_id;
  if (policy.mode == image::SignatureMode::off) return staged;
  staged.security_counter = manifest.value().security_counter;
  for (const crypto::KeyId& id : manifest.value().retired_keys()) {
    [[maybe_unused]] const bool added = staged.retires.add(id);
  }
  return staged;
}

}  // namespace

UpdateError upload_before_verify(boot::SlotStore& store, const image::Policy& policy,
                                 const update::Buffers& buffers, const File& file) {
  if (const Status free = store.give_up_target(file.kind); !free.ok()) return free.error();
  update::PayloadWriter writer{store.flash(), buffers};
  const boot::BootRecord& record = store.record();
  writer.begin(store.area(file.kind, record.of(file.kind).target()), store.map().image_offset_bytes,
               crypto::DigestKind::sha256);
  const Bytes upload{file.upload.data(), file.upload.size()};
  const Status written = write_payload(writer, upload.first(file.payload_bytes));
  if (!written.ok()) return written.error();
  const image::PayloadFacts payload = writer.finish();

  const auto trailer = image::find_trailer(upload.subspan(file.payload_bytes), upload.size(), policy);
  if (!trailer.ok()) return trailer.error();
  const Status committed = store.stage(file.kind, staged_image(policy, payload, trailer.value()));
  if (!committed.ok()) return committed.error();

  const image::DeviceFacts facts{
      false, {}, record.security_floor, record.retired.view(), store.capacity_bytes(file.kind)};
  const auto approved = image::judge(policy, facts, file.kind, payload, trailer.value());
  if (approved.ok()) return UpdateError::none;
  const Status given_up = store.give_up_target(file.kind);
  return given_up.ok() ? approved.error() : given_up.error();
}

}  // namespace airlift::sim
