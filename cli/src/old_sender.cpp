#include <algorithm>
#include <array>

#include "old_transfer.hpp"
#include "transfer_driver.hpp"

namespace airlift::cli {
namespace {

class OldSender final : public TransferDriver<OldTransfer> {
 public:
  OldSender(posix::EventLoop& loop, Link link, UploadImage& image, std::string device_text, Owner& owner)
      : TransferDriver{loop, image, owner,
                       OldTransfer{posix::SteadyClock{}.now(), image.size_bytes(), std::move(device_text)}},
        stream_{std::move(link.stream)} {
    stream_->set_ready([this] { turn(); });
  }

  ~OldSender() override {
    stream_->set_ready({});
    stream_->close();
  }
  OldSender(const OldSender&) = delete;
  OldSender& operator=(const OldSender&) = delete;

  [[nodiscard]] std::uint64_t sent_bytes() const override { return transfer().taken_bytes(); }

 private:
  void receive() override {
    std::array<std::uint8_t, 4096> buffer{};
    while (!end_of_answers_ && !transfer().finished()) {
      const auto read = stream_->read(buffer);
      if (!read.ok()) return transfer().connection_broken(now());
      end_of_answers_ = read.value().end_of_data;
      if (end_of_answers_) return transfer().connection_closed(now());
      if (read.value().count == 0) return;
      transfer().answers(now(), Bytes{buffer}.first(read.value().count));
    }
  }

  bool send() override try {
    std::uint32_t budget = bytes_per_turn;
    while (transfer().bytes_to_send() > 0 && budget > 0) {
      const Bytes piece =
          image().piece(transfer().taken_bytes(), std::min(transfer().bytes_to_send(), budget));
      const auto taken = stream_->write(piece);
      if (!taken.ok()) {
        transfer().connection_broken(now());
        return false;
      }
      transfer().bytes_taken(now(), taken.value());
      budget -= static_cast<std::uint32_t>(taken.value());
      if (taken.value() < piece.size()) return false;
    }
    return transfer().bytes_to_send() > 0;
  } catch (const PushError& error) {
    transfer().fail(error.failure);
    return false;
  }

  [[nodiscard]] TransferEnd how_it_ended() const override {
    TransferEnd end;
    if (transfer().state() == OldTransfer::State::failed) {
      end.failure = transfer().failure();
    } else {
      end.proof = Proof::taken;
    }
    return end;
  }

  std::unique_ptr<posix::TcpStream> stream_;
  bool end_of_answers_{false};
};

}  // namespace

std::unique_ptr<ImageSender> send_to_old_device(posix::EventLoop& loop, Link link, UploadImage& image,
                                                std::string device_text, ImageSender::Owner& owner) {
  return std::make_unique<OldSender>(loop, std::move(link), image, std::move(device_text), owner);
}

}  // namespace airlift::cli
