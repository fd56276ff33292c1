#pragma once
// Frames over a link to a device that speaks the extension.

#include <functional>
#include <optional>
#include <vector>

#include "airlift/wire/frame.hpp"
#include "contact.hpp"

namespace airlift::cli {

class ExtensionChannel {
 public:
  /// `ready` is called from the loop when receive() may give something or there is room again for what was
  /// not sent yet; it may destroy the channel.
  ExtensionChannel(Link link, std::function<void()> ready);
  /// Closes the connection.
  ~ExtensionChannel();

  struct Frame {
    wire::FrameType type{wire::FrameType::answer};
    Bytes payload;  ///< valid until the next receive()
  };
  /// Outcomes: a frame; nothing: none is there now; connection_lost: closed or broken; tls_failed: the
  /// handshake went wrong; bad_message: bytes that are no frame of a device.
  [[nodiscard]] Result<std::optional<Frame>> receive();
  /// Whether the frame's MAC is right: the device knows the password and answers this very request.
  [[nodiscard]] bool proves(const Frame& frame) const;

  /// Queues bytes (whole frames) and sends what the connection takes. Outcomes: ok, or as receive().
  [[nodiscard]] Status send(Bytes bytes);
  /// Goes on with what is queued. Outcomes as send().
  [[nodiscard]] Status flush();
  [[nodiscard]] std::size_t queued_bytes() const;

  [[nodiscard]] const Link& link() const { return link_; }

 private:
  Link link_;
  wire::FrameReader reader_{wire::FrameReader::From::device};
  std::vector<std::uint8_t> queue_;
  std::size_t queue_sent_{0};
};

}  // namespace airlift::cli
