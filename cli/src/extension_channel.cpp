#include "extension_channel.hpp"

namespace airlift::cli {

ExtensionChannel::ExtensionChannel(Link link, std::function<void()> ready) : link_{std::move(link)} {
  link_.stream->set_ready(std::move(ready));
}

ExtensionChannel::~ExtensionChannel() {
  link_.stream->set_ready({});
  link_.stream->close();
}

Result<std::optional<ExtensionChannel::Frame>> ExtensionChannel::receive() {
  using State = wire::FrameReader::State;
  if (reader_.state() == State::frame) reader_.next();
  while (reader_.state() == State::header || reader_.state() == State::payload) {
    const auto read = link_.stream->read(reader_.room());
    if (!read.ok()) return read.error();
    reader_.took(read.value().count);
    if (read.value().count > 0) continue;
    if (read.value().end_of_data) return UpdateError::connection_lost;
    return std::optional<Frame>{};
  }
  if (reader_.state() != State::frame) return UpdateError::bad_message;
  return std::optional<Frame>{Frame{reader_.type(), reader_.payload()}};
}

bool ExtensionChannel::proves(const Frame& frame) const {
  return wire::mac_is_right(link_.session_key, frame.type, frame.payload);
}

Status ExtensionChannel::send(Bytes bytes) {
  queue_.insert(queue_.end(), bytes.begin(), bytes.end());
  return flush();
}

Status ExtensionChannel::flush() {
  if (queued_bytes() == 0) return {};
  const auto taken = link_.stream->write(Bytes{queue_.data(), queue_.size()}.subspan(queue_sent_));
  if (!taken.ok()) return taken.error();
  queue_sent_ += taken.value();
  if (queued_bytes() > 0) return {};
  queue_.clear();
  queue_sent_ = 0;
  return {};
}

std::size_t ExtensionChannel::queued_bytes() const {
  return queue_.size() - queue_sent_;
}

}  // namespace airlift::cli
