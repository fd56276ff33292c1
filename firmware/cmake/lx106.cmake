# Tensilica Xtensa lx106, the ESP8266's processor: Debian's gcc-xtensa-lx106 and picolibc-xtensa-lx106-elf. Nobody packages
# a libstdc++ for it; the headers of Arm's serve, and nothing of the library is linked.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR lx106)
set(CMAKE_C_COMPILER xtensa-lx106-elf-gcc)
set(CMAKE_CXX_COMPILER xtensa-lx106-elf-g++)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
# The compiler finds the specs under their full path only.
set(processor "--specs=/usr/lib/xtensa-lx106-elf/picolibc.specs -mlongcalls")
file(GLOB headers /usr/include/newlib/c++/*)
foreach(language C CXX ASM)
  set(CMAKE_${language}_FLAGS_INIT "${processor}")
endforeach()
string(APPEND CMAKE_CXX_FLAGS_INIT " -isystem ${headers} -isystem ${headers}/arm-none-eabi/thumb/v6-m/nofp")
