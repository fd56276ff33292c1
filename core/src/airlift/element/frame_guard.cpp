#include "airlift/element/frame_guard.hpp"

#include "airlift/element/refusal_detail.hpp"

namespace airlift::element {

using Protocol = Challenge::Protocol;

const Challenge* FrameGuard::find(const wire::DeviceNonce& nonce, const port::Endpoint& source,
                                  Instant now) const {
  const Challenge* const open = challenges_.find(source, Protocol::extension, now);
  return open != nullptr && open->device_nonce == nonce ? open : nullptr;
}

FrameGuard::Proof FrameGuard::check(wire::FrameType type, Bytes payload, const wire::DeviceNonce& nonce,
                                    const port::Endpoint& source, Instant now) {
  const milliseconds wait = limiter_.wait_for(source.address, now);
  if (wait.count() > 0) {
    return {UpdateError::too_many_tries, wire::DetailText{waiting_time(wait).view()}, {}};
  }
  if (find(nonce, source, now) == nullptr) return {UpdateError::no_challenge, {}, {}};
  const std::optional<Challenge> challenge = challenges_.take(source, Protocol::extension, now);
  const bool for_upload = challenge->purpose == Challenge::Purpose::upload;
  if (type == wire::FrameType::offer && !for_upload) return {UpdateError::no_challenge, {}, {}};
  const wire::Key session_key =
      wire::session_key(key_.key(), challenge->request_sha256, challenge->answer_sha256);
  if (!wire::mac_is_right(session_key, type, payload)) {
    limiter_.failed(source.address, now);
    return {UpdateError::wrong_password, {}, {}};
  }
  limiter_.succeeded(source.address);
  return {UpdateError::none, {}, session_key};
}

bool FrameGuard::may_secure(const wire::DeviceNonce& nonce, const port::Endpoint& source, Instant now) const {
  return limiter_.wait_for(source.address, now).count() == 0 && find(nonce, source, now) != nullptr;
}

void FrameGuard::handshake_failed(const port::Endpoint& source, Instant now) {
  [[maybe_unused]] const auto closed = challenges_.take(source, Protocol::extension, now);
  limiter_.failed(source.address, now);
}

}  // namespace airlift::element
