#pragma once
// What the pull client keeps over restarts, as a blob in NVS.

#include "airlift/port/offer_memory.hpp"

namespace airlift::arduino::esp32 {

class NvsOfferMemory final : public port::OfferMemory {
 public:
  [[nodiscard]] Record load() override;
  [[nodiscard]] Status store(const Record& record) override;
};

}  // namespace airlift::arduino::esp32
