#include <algorithm>
#include <array>

#include "airlift_posix/steady_clock.hpp"
#include "image_sender.hpp"
#include "old_transfer.hpp"

namespace airlift::cli {
namespace {

/// So much is written in one turn of the loop, so that other uploads get theirs.
constexpr std::uint32_t bytes_per_turn{1024 * 1024};

class OldSender final : public ImageSender {
 public:
  OldSender(posix::EventLoop& loop, Link link, UploadImage& image, std::string device_text, Owner& owner)
      : loop_{loop},
        image_{image},
        owner_{owner},
        stream_{std::move(link.stream)},
        transfer_{clock_.now(), image.size_bytes(), std::move(device_text)} {
    stream_->set_ready([this] { turn(); });
    timer_ = loop_.after(milliseconds{0}, [this] { turn(); });
  }

  ~OldSender() override { stream_->close(); }

  [[nodiscard]] std::uint64_t sent_bytes() const override { return transfer_.bytes_sent(); }

 private:
  void turn() {
    read_answers();
    const bool more = write_file();
    transfer_.tick(clock_.now());
    tell();
    if (transfer_.finished()) return end();
    const milliseconds left = std::max(transfer_.wake_at() - clock_.now(), milliseconds{0});
    timer_ = loop_.after(more ? milliseconds{0} : left, [this] { turn(); });
  }

  void tell() {
    if (transfer_.bytes_sent() != told_bytes_) {
      told_bytes_ = transfer_.bytes_sent();
      owner_.progress(told_bytes_);
    }
    if (stage_ == transfer_.stage()) return;
    stage_ = transfer_.stage();
    owner_.entered(*stage_);
  }

  void read_answers() {
    std::array<std::uint8_t, 4096> buffer{};
    while (!end_of_answers_ && !transfer_.finished()) {
      const auto read = stream_->read(buffer);
      if (!read.ok()) return transfer_.connection_broken(clock_.now());
      end_of_answers_ = read.value().end_of_data;
      if (end_of_answers_) return transfer_.connection_closed(clock_.now());
      if (read.value().count == 0) return;
      transfer_.answers(clock_.now(), Bytes{buffer}.first(read.value().count));
    }
  }

  /// Offers bytes until the connection has no more room; it wakes the loop when it has again. True: it has
  /// room.
  bool write_file() try {
    std::uint32_t budget = bytes_per_turn;
    while (transfer_.bytes_to_send() > 0 && budget > 0) {
      const Bytes piece = image_.piece(transfer_.bytes_sent(), std::min(transfer_.bytes_to_send(), budget));
      const auto taken = stream_->write(piece);
      if (!taken.ok()) {
        transfer_.connection_broken(clock_.now());
        return false;
      }
      transfer_.bytes_taken(clock_.now(), taken.value());
      budget -= static_cast<std::uint32_t>(taken.value());
      if (taken.value() < piece.size()) return false;
    }
    return transfer_.bytes_to_send() > 0;
  } catch (const PushError& error) {
    transfer_.fail(error.failure);
    return false;
  }

  void end() {
    stream_->set_ready({});
    TransferEnd end;
    if (transfer_.state() == OldTransfer::State::failed) {
      end.failure = transfer_.failure();
    } else {
      end.proof = Proof::taken;
    }
    timer_ = loop_.after(milliseconds{0}, [this, end] { owner_.transfer_ended(end); });
  }

  posix::EventLoop& loop_;
  UploadImage& image_;
  Owner& owner_;
  posix::SteadyClock clock_;
  std::unique_ptr<posix::TcpStream> stream_;
  OldTransfer transfer_;
  bool end_of_answers_{false};
  std::uint32_t told_bytes_{0};
  std::optional<Stage> stage_;
  posix::Timer timer_;
};

}  // namespace

std::unique_ptr<ImageSender> send_to_old_device(posix::EventLoop& loop, Link link, UploadImage& image,
                                                std::string device_text, ImageSender::Owner& owner) {
  return std::make_unique<OldSender>(loop, std::move(link), image, std::move(device_text), owner);
}

}  // namespace airlift::cli
