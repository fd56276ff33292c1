#pragma once
// One exchange of Airlift's extension whose keys and MACs were computed with Python's hashlib and hmac. The
// same stand in docs/design/upload-protocol.md, "Test vectors".
//
//   import hashlib, hmac
//   digest = lambda text: hashlib.sha256(text).digest()
//   mac = lambda key, text: hmac.new(key, text, "sha256").digest()
//   salt, cnonce, nonce = bytes(range(0, 16)), bytes(range(16, 32)), bytes(range(32, 64))
//   request = (b"0 41234 290000 00112233445566778899aabbccddeeff\n"
//              b"AIRLIFT 1 upload 0 " + cnonce.hex().encode() + b"\n")
//   answer = b"AIRLIFT 1 8266 pzt " + salt.hex().encode() + b" " + nonce.hex().encode()
//   K = hashlib.pbkdf2_hmac("sha256", b"test123", b"airlift 1" + salt, 10000, 32)
//   S = mac(K, b"session" + digest(request) + digest(answer))
//   PSK = mac(K, b"tls")
//   le = lambda value, size: value.to_bytes(size, "little")
//   image = digest(b"file")
//   OFFER = mac(S, b"\x02" + nonce + b"\0\1" + le(290000, 4) + image + le(7, 2) + b"trailer")
//   QUERY = mac(S, b"\x03" + nonce)
//   ANSWER = mac(S, b"\x10" + b"\0" + le(4096, 4) + image + b"resumed")
//   RESULT = mac(S, b"\x12" + b"\0\1" + image)
//   STATUS = mac(S, b"\x13" + b"name=lamp\n")

#include <numeric>
#include <string>

#include "airlift/codec/text.hpp"
#include "airlift/wire/session_key.hpp"

namespace airlift::wire::vectors {

/// `first`, `first` + 1, ...
template <typename Array>
[[nodiscard]] Array counted(std::uint8_t first) {
  Array array{};
  std::iota(array.begin(), array.end(), first);
  return array;
}

template <std::size_t N>
[[nodiscard]] std::string hex(const std::array<std::uint8_t, N>& bytes) {
  return std::string{codec::view(codec::to_hex(bytes))};
}

inline const Salt salt{counted<Salt>(0)};
inline const ClientNonce cnonce{counted<ClientNonce>(16)};
inline const DeviceNonce nonce{counted<DeviceNonce>(32)};
inline const std::string invitation{"0 41234 290000 00112233445566778899aabbccddeeff\n"};
inline const std::string request_line{"AIRLIFT 1 upload 0 101112131415161718191a1b1c1d1e1f\n"};
inline const std::string request{invitation + request_line};
inline const std::string answer{
    "AIRLIFT 1 8266 pzt 000102030405060708090a0b0c0d0e0f "
    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"};

inline const std::string password_key{"cb1b410b45d38b578347fb491dd4b80d684ea68578b98f93399d80d3114730aa"};
inline const std::string session_key{"a1160429eed4e4358ba12aca31ece0713998102f85e2e43ef4b486af81b40070"};
inline const std::string tls_key{"694664131383ceafccf7209778a583d7b5704593f4a338c3675c80b6d33270a5"};
inline const std::string offer_mac{"1ecaa126c392a7906678cc2ccba76ff2effc87b0db62134cf100718c81767cbb"};
inline const std::string query_mac{"bcd2584aa7c79190cb73f3a353df52f237348f701b9e044ed6f6a86197089561"};
inline const std::string answer_mac{"ee2552fa587964958437f51300d44bd78736f5aac953b486e3b5becefaa4217a"};
inline const std::string result_mac{"75d032a49cf38938564ec9a143af71863db14791bb30617a3fbe34955e874788"};
inline const std::string status_mac{"66880cb20e74c7935c4b19178f3636eb1423db7a0a67edb2ff4438d4f3d1f6e0"};

/// A key or digest from its hex.
[[nodiscard]] inline Key key_of(const std::string& text) {
  Key key{};
  (void)codec::from_hex(text, key);
  return key;
}

}  // namespace airlift::wire::vectors
