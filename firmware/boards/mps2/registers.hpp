#pragma once
// The registers this board uses. Cortex-M3: Arm DDI 0337; mps2-an385: Arm DAI 0385; its timer, watchdog and
// UART: Arm DDI 0479 (Cortex-M System Design Kit).

#include <cstdint>

namespace airlift::firmware::mps2 {

class Register {
 public:
  constexpr explicit Register(std::uint32_t address) : address_{address} {}
  operator std::uint32_t() const { return cell(); }
  void operator=(std::uint32_t value) const { cell() = value; }

 private:
  [[nodiscard]] volatile std::uint32_t& cell() const {
    return *reinterpret_cast<volatile std::uint32_t*>(address_);
  }
  std::uint32_t address_;
};

inline constexpr std::uint32_t clock_hertz{25'000'000};

namespace system_control {
inline constexpr Register interrupt_state{0xE000ED04};
inline constexpr Register vector_table{0xE000ED08};
inline constexpr Register reset_control{0xE000ED0C};
inline constexpr Register fault_status{0xE000ED28};
inline constexpr Register fault_address{0xE000ED34};
inline constexpr std::uint32_t forget_tick{1U << 25};
inline constexpr std::uint32_t reset_request{0x05FA0004};
}  // namespace system_control

namespace tick {
inline constexpr Register control{0xE000E010};
inline constexpr Register reload{0xE000E014};
inline constexpr Register value{0xE000E018};
inline constexpr std::uint32_t on_with_interrupt{7};
}  // namespace tick

namespace memory_protection {
inline constexpr Register control{0xE000ED94};
inline constexpr Register region{0xE000ED98};
inline constexpr Register base{0xE000ED9C};
inline constexpr Register attributes{0xE000EDA0};
inline constexpr std::uint32_t on_for_privileged_code{5};  ///< what is in no region is as without protection
}  // namespace memory_protection

namespace timer {
inline constexpr Register control{0x40000000};
inline constexpr Register value{0x40000004};  ///< counts down
inline constexpr Register reload{0x40000008};
}  // namespace timer

namespace uart {
inline constexpr Register data{0x40004000};
inline constexpr Register state{0x40004004};
inline constexpr Register control{0x40004008};
inline constexpr Register divider{0x40004010};
inline constexpr std::uint32_t full{1};
inline constexpr std::uint32_t transmit{1};
}  // namespace uart

namespace watchdog {
inline constexpr Register load{0x40008000};
inline constexpr Register control{0x40008008};
inline constexpr Register clear_interrupt{0x4000800C};
inline constexpr Register lock{0x40008C00};
inline constexpr std::uint32_t interrupt_then_reset{3};
inline constexpr std::uint32_t key{0x1ACCE551};
}  // namespace watchdog

}  // namespace airlift::firmware::mps2
