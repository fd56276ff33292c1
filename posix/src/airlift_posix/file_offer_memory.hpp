#pragma once
// OfferMemory in a file with one line: the SHA-256 in hex, a blank, the ETag.

#include <string>

#include "airlift/port/offer_memory.hpp"

namespace airlift::posix {

class FileOfferMemory final : public port::OfferMemory {
 public:
  /// Its directory is there when something is written.
  explicit FileOfferMemory(std::string path) : path_{std::move(path)} {}

  [[nodiscard]] Record load() override;
  [[nodiscard]] Status store(const Record& record) override;

 private:
  std::string path_;
};

}  // namespace airlift::posix
