#include <algorithm>
#include <vector>

#include "extension_channel.hpp"
#include "extension_transfer.hpp"
#include "transfer_driver.hpp"

namespace airlift::cli {
namespace {

class ExtensionSender final : public TransferDriver<ExtensionTransfer> {
 public:
  ExtensionSender(posix::EventLoop& loop, Link link, UploadImage& image, const OfferOptions& options,
                  std::string device_text, Owner& owner)
      : TransferDriver{loop, image, owner,
                       ExtensionTransfer{posix::SteadyClock{}.now(),
                                         make_plan(link, image, options, std::move(device_text))}},
        compressed_{options.compressed},
        channel_{std::move(link), [this] { turn(); }} {}

  [[nodiscard]] std::uint64_t sent_bytes() const override { return sent_bytes_; }

 private:
  static ExtensionTransfer::Plan make_plan(const Link& link, const UploadImage& image,
                                           const OfferOptions& options, std::string device_text) {
    ExtensionTransfer::Plan plan;
    plan.offer = {link.answer.nonce,  options.command, options.compressed, options.from_the_start,
                  image.size_bytes(), image.sha256(),  image.tail()};
    plan.session_key = link.session_key;
    plan.device_text = std::move(device_text);
    return plan;
  }

  void offer() {
    offered_ = true;
    wire::FrameBytes frame;
    take(channel_.send(Bytes{frame}.first(transfer().encode_offer(frame))));
  }

  void receive() override {
    if (!offered_) offer();
    while (!transfer().finished()) {
      const auto frame = channel_.receive();
      if (!frame.ok()) return transfer().connection_ended(now(), frame.error());
      if (!frame.value()) return;
      transfer().frame(now(), frame.value()->type, frame.value()->payload);
      if (transfer().state() == ExtensionTransfer::State::checking) check_prefix();
    }
  }

  void check_prefix() try {
    transfer().prefix_is(now(), image().prefix_sha256(transfer().offset()));
    position_ = transfer().offset();
  } catch (const PushError& error) {
    transfer().fail(error.failure);
  }

  bool send() override try {
    if (channel_.queued_bytes() > 0) flush();
    std::uint32_t budget = bytes_per_turn;
    while (transfer().state() == ExtensionTransfer::State::sending && channel_.queued_bytes() == 0) {
      if (budget < wire::longest_data_bytes) return true;
      if (!fill_data()) {
        transfer().all_sent(now());
        return false;
      }
      budget -= static_cast<std::uint32_t>(data_.size());
      sent_bytes_ += data_.size() - wire::frame_header_bytes;
      take(channel_.send({data_.data(), data_.size()}));
      transfer().bytes_taken(now());
    }
    return false;
  } catch (const PushError& error) {
    transfer().fail(error.failure);
    return false;
  }

  void flush() {
    const std::size_t before = channel_.queued_bytes();
    take(channel_.flush());
    if (channel_.queued_bytes() < before) transfer().bytes_taken(now());
  }

  void take(const Status& status) {
    if (!status.ok()) transfer().connection_ended(now(), status.error());
  }

  /// The next DATA frame; false: there is nothing more to send.
  bool fill_data() {
    data_.resize(wire::frame_header_bytes);
    while (data_.size() < wire::frame_header_bytes + wire::longest_data_bytes) {
      const Bytes piece = next_piece(wire::frame_header_bytes + wire::longest_data_bytes - data_.size());
      if (piece.empty()) break;
      data_.insert(data_.end(), piece.begin(), piece.end());
      position_ += piece.size();
    }
    const std::size_t count = data_.size() - wire::frame_header_bytes;
    const auto header = wire::encode_frame_header(wire::FrameType::data, count);
    std::copy(header.begin(), header.end(), data_.begin());
    return count > 0;
  }

  Bytes next_piece(std::size_t limit) {
    if (compressed_) {
      const Bytes piece = image().compressed_piece(position_);
      return piece.first(std::min(piece.size(), limit));
    }
    const auto offset = static_cast<std::uint32_t>(position_);
    const std::size_t left = image().size_bytes() - offset;
    if (left == 0) return {};
    return image().piece(offset, static_cast<std::uint32_t>(std::min(left, limit)));
  }

  [[nodiscard]] TransferEnd how_it_ended() const override { return transfer().end(); }

  bool compressed_;
  ExtensionChannel channel_;
  std::vector<std::uint8_t> data_;  ///< one frame
  std::uint64_t position_{0};       ///< in the file, or in its gzip stream
  std::uint64_t sent_bytes_{0};
  bool offered_{false};
};

}  // namespace

std::unique_ptr<ImageSender> send_by_extension(posix::EventLoop& loop, Link link, UploadImage& image,
                                               const OfferOptions& options, std::string device_text,
                                               ImageSender::Owner& owner) {
  return std::make_unique<ExtensionSender>(loop, std::move(link), image, options, std::move(device_text),
                                           owner);
}

}  // namespace airlift::cli
