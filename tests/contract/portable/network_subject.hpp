#pragma once
// What the contract tests of sockets need besides the socket: a network that goes on, and a peer on it.

#include <string_view>

#include "airlift/port/network.hpp"
#include "contract/portable/contract.hpp"

namespace airlift::contract {

class NetworkSubject {
 public:
  virtual ~NetworkSubject() = default;

  /// Lets the network go on until `condition` holds. False when it does not come about.
  template <typename Condition>
  [[nodiscard]] bool comes_about(Condition condition) {
    return go_on_until([](void* context) { return (*static_cast<Condition*>(context))(); }, &condition);
  }

 private:
  virtual bool go_on_until(bool (*holds)(void*), void* context) = 0;
};

/// What a peer has received.
class Inbox {
 public:
  Inbox() = default;
  explicit Inbox(std::string_view text) {
    add(text.copy(reinterpret_cast<char*>(bytes_.data()), bytes_.size()));
  }

  [[nodiscard]] MutableBytes room() { return MutableBytes{bytes_}.subspan(size_); }
  void add(std::size_t count) { size_ += count; }
  void clear() { size_ = 0; }
  [[nodiscard]] std::string_view text() const { return as_text(Bytes{bytes_}.first(size_)); }

 private:
  std::array<std::uint8_t, 64> bytes_{};
  std::size_t size_{0};
};

/// Reads until `count` bytes, the end or an error have come.
struct ReadText {
  std::array<std::uint8_t, 64> bytes{};
  std::size_t size{0};
  bool ended{false};
  bool failed{false};

  ReadText(NetworkSubject& network, port::Stream& stream, std::size_t count) {
    const bool came = network.comes_about([&] {
      std::array<std::uint8_t, 16> buffer{};
      const auto read = stream.read(buffer);
      failed = !read.ok();
      if (failed) return true;
      for (std::size_t i = 0; i < read.value().count && size < bytes.size(); ++i) bytes[size++] = buffer[i];
      ended = read.value().end_of_data;
      return size >= count || ended;
    });
    failed = failed || !came;
  }
  [[nodiscard]] std::string_view text() const { return as_text(Bytes{bytes}.first(size)); }
};

}  // namespace airlift::contract
