#pragma once
// Brings the image over a link that stands: the driver of one transfer, by either protocol.

#include <memory>
#include <optional>

#include "contact.hpp"

namespace airlift::cli {

/// How a transfer ended.
struct TransferEnd {
  std::optional<PushFailure> failure;  ///< none: the device took the image
  enum class Remedy : std::uint8_t {
    none,
    resume,          ///< the connection was cut: offering the same again goes on where it stopped
    from_the_start,  ///< what the device has is not the start of this file
    uncompressed,    ///< it has a part already, and the rest is to come as it is
  };
  Remedy remedy{Remedy::none};
  Proof proof{Proof::none};                          ///< taken or waits
  std::optional<crypto::Sha256Digest> image_sha256;  ///< of the result (extension)
};

class ImageSender {
 public:
  /// Is told from the loop's callbacks only; transfer_ended() comes last and may destroy the sender.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void entered(Stage stage) = 0;
    virtual void progress(std::uint32_t taken_bytes) = 0;
    virtual void transfer_ended(const TransferEnd& end) = 0;
  };

  virtual ~ImageSender() = default;
  /// Bytes of the image given to the connection, as they were sent.
  [[nodiscard]] virtual std::uint64_t sent_bytes() const = 0;
};

/// For devices without the extension. All references outlive it.
[[nodiscard]] std::unique_ptr<ImageSender> send_to_old_device(posix::EventLoop& loop, Link link,
                                                              UploadImage& image, std::string device_text,
                                                              ImageSender::Owner& owner);

struct OfferOptions {
  wire::Command command{wire::Command::firmware};
  bool compressed{false};
  bool from_the_start{false};
};
/// For devices with it, over a link of the extension. All references outlive it.
[[nodiscard]] std::unique_ptr<ImageSender> send_by_extension(posix::EventLoop& loop, Link link,
                                                             UploadImage& image, const OfferOptions& options,
                                                             std::string device_text,
                                                             ImageSender::Owner& owner);

}  // namespace airlift::cli
