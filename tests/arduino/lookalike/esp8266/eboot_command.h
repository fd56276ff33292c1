#pragma once
// What the boot loader is told over a restart, in the RTC's memory.

#include <cstdint>

enum action_t : std::uint32_t { ACTION_COPY_RAW = 0x00000001, ACTION_LOAD_APP = 0xffffffff };

struct eboot_command {
  std::uint32_t magic;
  action_t action;
  std::uint32_t args[29];
  std::uint32_t crc32;
};

extern "C" void eboot_command_write(eboot_command* command);
