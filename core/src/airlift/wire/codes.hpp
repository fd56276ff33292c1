#pragma once
// Every code and limit of the network upload protocol, once. Source of the facts:
// docs/design/upload-protocol.md.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace airlift::wire {

enum class Command : std::uint16_t {
  firmware = 0,
  filesystem = 100,
  authenticate = 200,  ///< only as the answer to a challenge
};

/// How a password is proven; the length of the nonce names it on the wire.
enum class PasswordScheme : std::uint8_t {
  md5,     ///< 32 hex: every ESP8266, ESP32 core before 3.3.1
  sha256,  ///< 64 hex: ESP32 core from 3.3.1
};

[[nodiscard]] constexpr std::size_t nonce_chars(PasswordScheme scheme) {
  return scheme == PasswordScheme::md5 ? 32 : 64;
}

inline constexpr std::uint16_t esp8266_port{8266};
inline constexpr std::uint16_t esp32_port{3232};

inline constexpr std::string_view ok_answer{"OK"};
inline constexpr std::string_view challenge_prefix{"AUTH "};
inline constexpr std::string_view refusal_prefix{"ERR: "};
/// Real devices' own words, which tools print as they are.
inline constexpr std::string_view wrong_password_answer{"Authentication Failed"};

/// The longest datagram we take. The longest an espota sends is the SHA-256 answer: 4 + 64 + 1 + 64 + 1
/// bytes.
inline constexpr std::size_t longest_datagram_bytes{512};
/// The longest reply we send or understand; ESP8266's espota reads 128 bytes.
inline constexpr std::size_t longest_reply_bytes{128};
/// The longest text behind `ERROR[<n>]: ` that is kept.
inline constexpr std::size_t longest_error_text_bytes{160};
inline constexpr std::size_t longest_password_bytes{64};
/// Rounds of PBKDF2 in the SHA-256 scheme, fixed by the ESP32 core 3.3.1.
inline constexpr std::uint32_t pbkdf2_rounds{10000};

/// How long a challenge may wait for its answer. The slowest espota waits 10 s for each step.
inline constexpr std::chrono::seconds challenge_lifetime{30};
/// Both espotas wait 10 s for the connection.
inline constexpr std::chrono::seconds connect_timeout{10};
/// A transfer without a byte for so long has failed: espota waits as long for an answer.
inline constexpr std::chrono::seconds receive_timeout{10};
/// The first byte may take longer: an espota whose OK was lost does not look for our connection, but invites
/// again after 10 s and after 20 s, and then takes the connection that waits for it.
inline constexpr std::chrono::seconds first_byte_timeout{25};
/// The result is said again at this interval until the uploader closes: ESP8266's espota misses an OK that
/// shares a segment with the last count.
inline constexpr std::chrono::milliseconds result_interval{100};
/// ... and no longer than this.
inline constexpr std::chrono::seconds result_timeout{5};

}  // namespace airlift::wire
