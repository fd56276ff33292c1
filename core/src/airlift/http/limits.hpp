#pragma once
// Everything a stranger can make the device hold, wait for or compute through HTTP.
// docs/design/device-page.md, "Bounds".

#include <cstddef>
#include <cstdint>

#include "airlift/base/time.hpp"

namespace airlift::http {

inline constexpr std::size_t longest_line_bytes{1024};  ///< request line, or one header
inline constexpr std::size_t most_headers{40};
inline constexpr std::size_t longest_header_name{24};   ///< of those that are looked at
inline constexpr std::size_t longest_head_bytes{8192};  ///< request line and headers
/// The request's target, and the values of all headers that are looked at.
inline constexpr std::size_t kept_bytes{3072};
inline constexpr std::size_t most_body_bytes{2048};   ///< of a call; the longest offer has about 1600
inline constexpr std::size_t most_file_bytes{16384};  ///< configuration file
/// Of a multipart body, before its file.
inline constexpr std::size_t most_part_head_bytes{1024};
inline constexpr std::size_t longest_boundary_bytes{70};  ///< RFC 2046 5.1.1
inline constexpr std::size_t answer_head_bytes{1024};
inline constexpr std::size_t answer_piece_bytes{1024};
inline constexpr std::size_t input_bytes{1024};  ///< read at a time, but for an upload's file
inline constexpr std::size_t most_event_streams{2};
inline constexpr std::size_t most_sessions{4};

inline constexpr seconds head_timeout{5};
inline constexpr seconds idle_timeout{10};    ///< between two requests
inline constexpr seconds body_timeout{10};    ///< for all of it; of an upload: without a byte
inline constexpr seconds answer_timeout{10};  ///< without a byte being taken
inline constexpr seconds linger_timeout{2};   ///< without a byte, for the peer to read the answer and close
inline constexpr seconds drain_timeout{10};   ///< for what the peer still sends after a refusal
/// A new connection's first byte may be under way for so long; then it may have to give way.
inline constexpr milliseconds eviction_grace{200};
/// So long it may take over a body, or over reading its answer, before it may have to give way, too.
inline constexpr milliseconds service_grace{500};
inline constexpr seconds session_timeout{1800};
inline constexpr milliseconds event_interval{250};

}  // namespace airlift::http
