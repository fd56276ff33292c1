// The first instructions of a program in memory, and the vectors. Exceptions enter at fixed distances from
// VECBASE (Xtensa ISA, "Vector Placement"; the distances are the lx106 core's, machine/core-isa.h).

// What airlift_exception() is handed; ExceptionFrame in exception.cpp.
#define FRAME_BYTES 96
#define FRAME_SAR 64
#define FRAME_CAUSE 68
#define FRAME_PC 72
#define FRAME_ADDRESS 76

#define DEBUG_CAUSE 64  // none that EXCCAUSE can have

    .section .start, "ax"
    .align 16
    .global program_start
program_start:
    j start
    .org 0x10  // debug exception: `break`, which is also the compiler's trap
    j debug_exception
    .org 0x20  // not maskable interrupt
    j debug_exception
    .org 0x30  // exception or interrupt while PS.UM is 0
    j exception
    .org 0x50  // ... while it is 1
    j exception
    .org 0x70  // an exception while one is handled
    j double_exception

    .align 4
stack_top_at:
    .word stack_top
emergency_stack_top_at:
    .word emergency_stack_top
vectors_at:
    .word program_start
bss_start_at:
    .word bss_start
bss_end_at:
    .word bss_end
program_main_at:
    .word program_main
airlift_exception_at:
    .word airlift_exception

    .align 4
start:
    movi a0, 0
    wsr a0, intenable
    l32r a1, vectors_at
    wsr a1, vecbase
    l32r a1, stack_top_at
    movi a2, 0x20  // PS: user vector, call0, no interrupt masked
    wsr a2, ps
    rsync
    l32r a2, bss_start_at
    l32r a3, bss_end_at
    j 2f
1:  s32i a0, a2, 0
    addi a2, a2, 4
2:  bltu a2, a3, 1b
    l32r a2, program_main_at
    callx0 a2

// PS.EXCM stays set until rfe: interrupts are masked, and an exception in here is a double exception.
    .align 4
exception:
    addi a1, a1, -FRAME_BYTES
    s32i a2, a1, 8
    movi a2, FRAME_BYTES
    add a2, a2, a1
    s32i a2, a1, 4
    rsr a2, epc1
    s32i a2, a1, FRAME_PC
handle:
    s32i a0, a1, 0
    s32i a3, a1, 12
    s32i a4, a1, 16
    s32i a5, a1, 20
    s32i a6, a1, 24
    s32i a7, a1, 28
    s32i a8, a1, 32
    s32i a9, a1, 36
    s32i a10, a1, 40
    s32i a11, a1, 44
    s32i a12, a1, 48
    s32i a13, a1, 52
    s32i a14, a1, 56
    s32i a15, a1, 60
    rsr a2, sar
    s32i a2, a1, FRAME_SAR
    rsr a2, exccause
    s32i a2, a1, FRAME_CAUSE
    rsr a2, excvaddr
    s32i a2, a1, FRAME_ADDRESS
    mov a2, a1
    l32r a3, airlift_exception_at
    callx0 a3
    l32i a2, a1, FRAME_SAR
    wsr a2, sar
    l32i a0, a1, 0
    l32i a2, a1, 8
    l32i a3, a1, 12
    l32i a4, a1, 16
    l32i a5, a1, 20
    l32i a6, a1, 24
    l32i a7, a1, 28
    l32i a8, a1, 32
    l32i a9, a1, 36
    l32i a10, a1, 40
    l32i a11, a1, 44
    addi a1, a1, FRAME_BYTES
    rfe

// Most likely the stack pointer is wrong.
    .align 4
double_exception:
    wsr a1, excsave1
    l32r a1, emergency_stack_top_at
    addi a1, a1, -FRAME_BYTES
    s32i a2, a1, 8
    rsr a2, depc
    j fatal

// Leaves EXCCAUSE as it was, most likely at that of the last tick.
    .align 4
debug_exception:
    wsr a1, excsave1
    l32r a1, emergency_stack_top_at
    addi a1, a1, -FRAME_BYTES
    s32i a2, a1, 8
    movi a2, DEBUG_CAUSE
    wsr a2, exccause
    rsr a2, epc2
fatal:
    s32i a2, a1, FRAME_PC
    rsr a2, excsave1
    s32i a2, a1, 4
    j handle
