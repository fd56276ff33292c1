#pragma once

#include "airlift/port/offer_memory.hpp"

namespace airlift::testing {

class FakeOfferMemory final : public port::OfferMemory {
 public:
  [[nodiscard]] Record load() override { return record; }
  [[nodiscard]] Status store(const Record& next) override {
    ++stores;
    if (fails) return UpdateError::storage_failed;
    record = next;
    return {};
  }

  Record record;
  bool fails{false};
  int stores{0};  ///< attempts
};

}  // namespace airlift::testing
