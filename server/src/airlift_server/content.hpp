#pragma once
// Files in memory, shared by all who are being given one: so each gets one whole version, whatever becomes of
// the file.

#include <list>
#include <memory>

#include "airlift/base/span.hpp"
#include "airlift_server/offer.hpp"

namespace airlift::server {

/// How many bytes are in memory, whoever holds them.
struct ContentCount {
  std::uint64_t bytes{0};
};

class Content {
 public:
  Content(std::size_t size, std::shared_ptr<ContentCount> count);
  ~Content();
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;

  [[nodiscard]] Bytes bytes() const { return {bytes_.get(), size_}; }
  [[nodiscard]] MutableBytes room() { return {bytes_.get(), size_}; }

 private:
  std::size_t size_;
  std::shared_ptr<ContentCount> count_;
  std::unique_ptr<std::uint8_t[]> bytes_;
};

class ContentStore {
 public:
  static constexpr std::uint64_t most_bytes{std::uint64_t{1} << 30};  ///< in memory, also of those being sent
  static constexpr std::uint64_t kept_bytes{std::uint64_t{256}
                                            << 20};  ///< of those that nobody is being sent

  /// The content of `file` in `folder`, from memory or read now. Null: the file is not any more what the
  /// catalog has seen, or there is no room: try again later.
  [[nodiscard]] std::shared_ptr<const Content> get(const std::string& folder, const StoredFile& file);

  /// Lets go of what is not offered any more.
  void keep_only(const Channels& channels);

 private:
  struct Entry {
    crypto::Sha256Digest sha256{};
    std::shared_ptr<const Content> content;
  };
  [[nodiscard]] std::shared_ptr<const Content> read(const std::string& folder, const StoredFile& file);
  void make_room();

  std::shared_ptr<ContentCount> count_ = std::make_shared<ContentCount>();
  std::list<Entry> entries_;  ///< the last one asked for first
};

}  // namespace airlift::server
