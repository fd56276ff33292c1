#include <algorithm>
#include <array>

#include "airlift_posix/steady_clock.hpp"
#include "extension_channel.hpp"
#include "extension_transfer.hpp"
#include "image_sender.hpp"

namespace airlift::cli {
namespace {

/// So much is written in one turn of the loop, so that other uploads get theirs.
constexpr std::size_t bytes_per_turn{1024 * 1024};

class ExtensionSender final : public ImageSender {
 public:
  ExtensionSender(posix::EventLoop& loop, Link link, UploadImage& image, const OfferOptions& options,
                  std::string device_text, Owner& owner)
      : loop_{loop},
        image_{image},
        owner_{owner},
        compressed_{options.compressed},
        transfer_{clock_.now(), make_plan(link, image, options, std::move(device_text))},
        channel_{std::move(link), [this] { turn(); }} {
    timer_ = loop_.after(milliseconds{0}, [this] { turn(); });
  }

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
    take(channel_.send(Bytes{frame}.first(transfer_.encode_offer(frame))));
  }

  void turn() {
    if (!offered_) offer();
    receive();
    tell();
    const bool more = send();
    transfer_.tick(clock_.now());
    tell();
    if (transfer_.finished()) return end();
    const milliseconds left = std::max(transfer_.wake_at() - clock_.now(), milliseconds{0});
    timer_ = loop_.after(more ? milliseconds{0} : left, [this] { turn(); });
  }

  void tell() {
    if (transfer_.bytes_device_has() != told_bytes_) {
      told_bytes_ = transfer_.bytes_device_has();
      owner_.progress(told_bytes_);
    }
    if (transfer_.finished() || stage_ == transfer_.stage()) return;
    stage_ = transfer_.stage();
    owner_.entered(*stage_);
  }

  void receive() {
    while (!transfer_.finished()) {
      const auto frame = channel_.receive();
      if (!frame.ok()) return transfer_.connection_ended(clock_.now(), frame.error());
      if (!frame.value()) return;
      transfer_.frame(clock_.now(), frame.value()->type, frame.value()->payload);
      if (transfer_.state() == ExtensionTransfer::State::checking) check_prefix();
    }
  }

  void check_prefix() try {
    transfer_.prefix_is(clock_.now(), image_.prefix_sha256(transfer_.offset()));
    position_ = transfer_.offset();
  } catch (const PushError& error) {
    transfer_.fail(error.failure);
  }

  /// Sends until the connection has no more room; it wakes the loop when it has again. True: it has room.
  bool send() try {
    if (channel_.queued_bytes() > 0) flush();
    std::size_t budget = bytes_per_turn;
    while (transfer_.state() == ExtensionTransfer::State::sending && channel_.queued_bytes() == 0) {
      if (budget < wire::longest_data_bytes) return true;
      if (!fill_data()) {
        transfer_.all_sent(clock_.now());
        return false;
      }
      budget -= data_.size();
      sent_bytes_ += data_.size() - wire::frame_header_bytes;
      take(channel_.send({data_.data(), data_.size()}));
      transfer_.bytes_taken(clock_.now());
    }
    return false;
  } catch (const PushError& error) {
    transfer_.fail(error.failure);
    return false;
  }

  void flush() {
    const std::size_t before = channel_.queued_bytes();
    take(channel_.flush());
    if (channel_.queued_bytes() < before) transfer_.bytes_taken(clock_.now());
  }

  void take(const Status& status) {
    if (!status.ok()) transfer_.connection_ended(clock_.now(), status.error());
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
      const Bytes piece = image_.compressed_piece(position_);
      return piece.first(std::min(piece.size(), limit));
    }
    const auto offset = static_cast<std::uint32_t>(position_);
    const std::size_t left = image_.size_bytes() - offset;
    if (left == 0) return {};
    return image_.piece(offset, static_cast<std::uint32_t>(std::min(left, limit)));
  }

  void end() {
    timer_ = loop_.after(milliseconds{0}, [this] { owner_.transfer_ended(transfer_.end()); });
  }

  posix::EventLoop& loop_;
  UploadImage& image_;
  Owner& owner_;
  bool compressed_;
  posix::SteadyClock clock_;
  ExtensionTransfer transfer_;
  ExtensionChannel channel_;
  std::vector<std::uint8_t> data_;  ///< one frame
  std::uint64_t position_{0};       ///< in the file, or in its gzip stream
  std::uint64_t sent_bytes_{0};
  bool offered_{false};
  std::uint32_t told_bytes_{0};
  std::optional<Stage> stage_;
  posix::Timer timer_;
};

}  // namespace

std::unique_ptr<ImageSender> send_by_extension(posix::EventLoop& loop, Link link, UploadImage& image,
                                               const OfferOptions& options, std::string device_text,
                                               ImageSender::Owner& owner) {
  return std::make_unique<ExtensionSender>(loop, std::move(link), image, options, std::move(device_text),
                                           owner);
}

}  // namespace airlift::cli
