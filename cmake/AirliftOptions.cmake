# Options and warning flags that every target of this project shares.
option(AIRLIFT_TESTS "Build the tests" ON)
option(AIRLIFT_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
option(AIRLIFT_BENCH "Build the benchmarks" OFF)
option(AIRLIFT_UNITY "Compile files that include the same headers together" ON)
set(AIRLIFT_SANITIZE "" CACHE STRING "Sanitizers for everything, as -fsanitize= takes them")

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

find_program(AIRLIFT_CCACHE ccache)
if(AIRLIFT_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${AIRLIFT_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${AIRLIFT_CCACHE})
endif()

add_library(airlift_options INTERFACE)
target_compile_options(airlift_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Wswitch-enum -Werror
  # GCC 12 sees an overlap in every optimised `"text" + string` (gcc.gnu.org/PR105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(AIRLIFT_SANITIZE)
  # vptr checks need RTTI, which core does without.
  add_compile_options(-fsanitize=${AIRLIFT_SANITIZE} -fno-sanitize=vptr -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${AIRLIFT_SANITIZE} $<$<CXX_COMPILER_ID:Clang>:-fuse-ld=lld>)  # four times as fast
endif()

# airlift_compile_together(target group files...): one compilation for all of them, as most of the time goes into headers.
# They share one unnamed namespace then; a file whose names clash with another's stays out, or goes into another group.
function(airlift_compile_together target group)
  if(AIRLIFT_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
    set_source_files_properties(${ARGN} PROPERTIES UNITY_GROUP ${group})
  endif()
endfunction()

# airlift_foreign_library(name files...): other people's code, with their idea of warnings and of shifts. What an image does not
# use of it the linker drops.
function(airlift_foreign_library name)
  add_library(${name} STATIC EXCLUDE_FROM_ALL ${ARGN})
  target_compile_options(${name} PRIVATE -w -ffunction-sections -fdata-sections)
  if(AIRLIFT_SANITIZE)
    target_compile_options(${name} PRIVATE -fno-sanitize=undefined)
  endif()
endfunction()
