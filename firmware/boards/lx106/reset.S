// The reset vector, the first bytes of the flash: copies the boot loader behind it to memory and goes on there, so
// that nothing is executed from the flash while it is written. No watchdog runs before it starts one.

    .section .reset, "ax"
    .global reset_vector
reset_vector:
    j copy
    .align 4
flash_start_at:
    .word program_in_image
memory_start_at:
    .word program_start
memory_end_at:
    .word program_end
watchdog_at:
    .word kept_watchdog

    .align 4
copy:
    l32r a2, watchdog_at
    movi a3, 0
    s32i a3, a2, 0
    s32i a3, a2, 4
    l32r a2, flash_start_at
    l32r a3, memory_start_at
    l32r a4, memory_end_at
1:  l32i a5, a2, 0
    s32i a5, a3, 0
    addi a2, a2, 4
    addi a3, a3, 4
    bltu a3, a4, 1b
    l32r a3, memory_start_at
    jx a3
