#pragma once
// The challenges that wait for their answer, of both protocols: few, short-lived, each used once. Rules:
// docs/design/upload-protocol.md.

#include <array>
#include <optional>

#include "airlift/base/time.hpp"
#include "airlift/port/network.hpp"
#include "airlift/wire/extension.hpp"
#include "airlift/wire/invitation.hpp"
#include "airlift/wire/password.hpp"

namespace airlift::element {

/// Same machine, whatever port it sends from.
[[nodiscard]] inline bool same_source(const port::Endpoint& a, const port::Endpoint& b) {
  return a.address == b.address && a.scope == b.scope;
}

struct Challenge {
  enum class Protocol : std::uint8_t { old, extension };
  using Purpose = wire::ExtensionRequest::Purpose;

  Protocol protocol{Protocol::old};
  port::Endpoint uploader;  ///< where the invitation came from
  Instant issued_at;
  wire::Invitation invitation;       ///< of an upload
  wire::DeviceNonce device_nonce{};  ///< of the old protocol: in hex, as much of it as the scheme takes
  // of the extension:
  Purpose purpose{Purpose::upload};
  crypto::Sha256Digest request_sha256{};  ///< of the whole datagram
  crypto::Sha256Digest answer_sha256{};
};

/// Over places that its owner brings: ChallengeTableOf.
class ChallengeTable {
 public:
  /// Of a device that is not short of memory: as many sources can be asked at the same time.
  static constexpr std::size_t most{4};

  ChallengeTable(const ChallengeTable&) = delete;
  ChallengeTable& operator=(const ChallengeTable&) = delete;

  /// Replaces what is open for its source; when all places are taken, the oldest makes room.
  void open(const Challenge& challenge);
  /// What is open for this source, in this protocol; none is nullptr. Good until the next call.
  [[nodiscard]] const Challenge* find(const port::Endpoint& source, Challenge::Protocol protocol,
                                      Instant now) const;
  /// Likewise, and closes it.
  [[nodiscard]] std::optional<Challenge> take(const port::Endpoint& source, Challenge::Protocol protocol,
                                              Instant now);

 protected:
  ChallengeTable() = default;
  ~ChallengeTable() = default;
  void keep_in(Span<std::optional<Challenge>> places) { places_ = places; }

 private:
  Span<std::optional<Challenge>> places_;
};

template <std::size_t Places>
class ChallengeTableOf final : public ChallengeTable {
 public:
  ChallengeTableOf() { keep_in(memory_); }

 private:
  std::array<std::optional<Challenge>, Places> memory_{};
};

}  // namespace airlift::element
