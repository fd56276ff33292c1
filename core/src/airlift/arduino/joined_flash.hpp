#pragma once
// One flash out of several, one behind the other: where a chip is not ours as a whole. The same part may come
// twice: then two ranges of addresses are the same memory.

#include "airlift/port/flash.hpp"

namespace airlift::arduino {

class JoinedFlash final : public port::Flash {
 public:
  static constexpr std::size_t most_parts{12};

  /// All outlive this, have the same erased value, and are joined before the first use. False: too many, or
  /// another erased value.
  [[nodiscard]] bool add(port::Flash& part);
  /// Forgets all parts.
  void clear() {
    count_ = 0;
    geometry_ = {};
  }
  /// Where the last part begins.
  [[nodiscard]] std::uint32_t start_of_last() const { return parts_[count_ - 1].start; }

  /// The largest sector and the largest write unit of all parts.
  [[nodiscard]] port::FlashGeometry geometry() const override { return geometry_; }
  [[nodiscard]] port::FlashSector sector_at(std::uint32_t address) const override;
  [[nodiscard]] Status flush() override;

 private:
  struct Part {
    port::Flash* flash{nullptr};
    std::uint32_t start{0};
    std::uint32_t end{0};
  };
  [[nodiscard]] const Part& part_at(std::uint32_t address) const;
  /// Calls `act(flash, address in it, offset, size)` for each part that the range touches, until one fails.
  template <typename Act>
  [[nodiscard]] Status in_pieces(std::uint32_t address, std::size_t size, Act act);

  [[nodiscard]] Status do_read(std::uint32_t address, MutableBytes into) override;
  [[nodiscard]] Status do_erase_sector(std::uint32_t address) override;
  [[nodiscard]] Status do_program(std::uint32_t address, Bytes bytes) override;

  std::array<Part, most_parts> parts_{};
  std::size_t count_{0};
  port::FlashGeometry geometry_;
};

}  // namespace airlift::arduino
