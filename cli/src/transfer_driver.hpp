#pragma once
// What the drivers of both protocols' transfers share: the turns of the loop.

#include <algorithm>
#include <utility>

#include "airlift_posix/steady_clock.hpp"
#include "image_sender.hpp"

namespace airlift::cli {

/// `Transfer`: OldTransfer or ExtensionTransfer.
template <typename Transfer>
class TransferDriver : public ImageSender {
 protected:
  /// So much is written in one turn of the loop, so that other uploads get theirs.
  static constexpr std::uint32_t bytes_per_turn{1024 * 1024};

  TransferDriver(posix::EventLoop& loop, UploadImage& image, Owner& owner, Transfer transfer)
      : image_{image}, transfer_{std::move(transfer)}, loop_{loop}, owner_{owner} {
    timer_ = loop_.after(milliseconds{0}, [this] { turn(); });
  }

  /// Whenever the connection or the clock has something new.
  void turn() {
    if (ended_) return;
    receive();
    tell();
    const bool more = send();
    transfer_.tick(clock_.now());
    tell();
    if (transfer_.finished()) return end();
    const milliseconds left = std::max(transfer_.wake_at() - clock_.now(), milliseconds{0});
    timer_ = loop_.after(more ? milliseconds{0} : left, [this] { turn(); });
  }

  /// Takes all that has arrived.
  virtual void receive() = 0;
  /// Sends until the connection has no more room, or bytes_per_turn. True: it has room for more.
  [[nodiscard]] virtual bool send() = 0;
  [[nodiscard]] virtual TransferEnd how_it_ended() const = 0;

  [[nodiscard]] Instant now() { return clock_.now(); }
  [[nodiscard]] UploadImage& image() { return image_; }
  [[nodiscard]] Transfer& transfer() { return transfer_; }
  [[nodiscard]] const Transfer& transfer() const { return transfer_; }

 private:
  void tell() {
    if (transfer_.taken_bytes() != told_bytes_) {
      told_bytes_ = transfer_.taken_bytes();
      owner_.progress(told_bytes_);
    }
    if (transfer_.finished() || stage_ == transfer_.stage()) return;
    stage_ = transfer_.stage();
    owner_.entered(*stage_);
  }

  /// Later, because the owner may destroy this object then.
  void end() {
    ended_ = true;
    timer_ = loop_.after(milliseconds{0}, [this] { owner_.transfer_ended(how_it_ended()); });
  }

  UploadImage& image_;
  Transfer transfer_;
  posix::EventLoop& loop_;
  Owner& owner_;
  posix::SteadyClock clock_;
  std::uint32_t told_bytes_{0};
  std::optional<Stage> stage_;
  bool ended_{false};
  posix::Timer timer_;
};

}  // namespace airlift::cli
