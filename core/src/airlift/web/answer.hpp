#pragma once
// What a request is answered with. Whoever makes it decides what is sent; the connection sends it.

#include "airlift/base/fixed_string.hpp"
#include "airlift/crypto/hash.hpp"
#include "airlift/http/text_writer.hpp"

namespace airlift::web {

struct Site;

/// Where a long answer has got to.
struct Cursor {
  enum class Part : std::uint8_t { start, opening, values };

  std::size_t at{0};    ///< byte of a file, or place of the registry
  std::size_t file{0};  ///< number of the file
  // Of values, see StateWriter:
  Part part{Part::start};
  bool first{true};       ///< no element was written yet
  std::size_t values{0};  ///< written of this element
  // Of events:
  bool in_event{false};
  crypto::Sha256Digest sent{};  ///< of the values that were sent last
};

enum class Filled : std::uint8_t {
  more,         ///< call again, when this was sent
  nothing_yet,  ///< call again in http::event_interval
  end,          ///< nothing comes behind what was written
};

/// Writes the next piece of a long answer, at least one item of it.
using Fill = Filled (*)(Site& site, Cursor& cursor, http::TextWriter& into);

enum class Afterwards : std::uint8_t {
  nothing,
  reboot,
  conclude_upload,  ///< the ota element may go on
};

struct Answer {
  int status{200};
  std::string_view content_type{"application/json"};
  std::string_view cache_control{"no-store"};
  FixedString<512> headers;  ///< further ones, whole lines
  Bytes whole;               ///< the body, or its beginning when there is a `fill`
  Fill fill{nullptr};
  Cursor cursor;          ///< of `fill`
  bool is_stream{false};  ///< without end
  Afterwards afterwards{Afterwards::nothing};

  Answer& header(std::string_view name, std::string_view value) {
    headers.append(name).append(": ").append(value).append("\r\n");
    return *this;
  }
};

}  // namespace airlift::web
