# What is ours: libraries of src/ and boards/, and images.
set(CMAKE_CXX_STANDARD 17)

# airlift_firmware_library(name files...): nothing when there are no files.
function(airlift_firmware_library name)
  if(ARGN)
    add_library(${name} STATIC EXCLUDE_FROM_ALL ${ARGN})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/generated)
    target_link_libraries(${name} PUBLIC airlift_core PRIVATE airlift_options)
    set_target_properties(${name} PROPERTIES LINK_INTERFACE_MULTIPLICITY 3)
  endif()
endfunction()

# layout.ini as constants: `sector-size=4096` becomes `sector_size{4096}`.
file(STRINGS boards/${BOARD}/layout.ini lines REGEX "^[a-z]")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS boards/${BOARD}/layout.ini)
list(TRANSFORM lines REPLACE "-" "_")
list(TRANSFORM lines REPLACE "^(.*)=(.*)$" "inline constexpr std::uint32_t \\1{\\2}")
list(JOIN lines ";\n" lines)
file(CONFIGURE OUTPUT generated/board/layout_ini.hpp CONTENT
"// Made of boards/@BOARD@/layout.ini.
#pragma once
#include <cstdint>
namespace airlift::firmware::layout_ini {
@lines@;
}
")

# A part of each image and of no library: its traps must come before what the C library has under their names.
set(runtime ${PROJECT_SOURCE_DIR}/src/board/runtime.cpp)
add_library(firmware_runtime OBJECT ${runtime})
target_include_directories(firmware_runtime PRIVATE src)
target_link_libraries(firmware_runtime PRIVATE airlift_core airlift_options)

file(GLOB files CONFIGURE_DEPENDS boards/${BOARD}/*.cpp boards/${BOARD}/*.S src/board/*.cpp)
list(REMOVE_ITEM files ${runtime})
airlift_firmware_library(firmware_board ${files})
file(GLOB_RECURSE files CONFIGURE_DEPENDS src/net/*.cpp)
airlift_firmware_library(firmware_net ${files})
file(GLOB_RECURSE files CONFIGURE_DEPENDS src/port/*.cpp)
airlift_firmware_library(firmware_port ${files})
target_link_libraries(firmware_port PUBLIC bearssl PRIVATE rapidjson)
foreach(library firmware_board firmware_net)
  if(TARGET lwip AND TARGET ${library})
    target_link_libraries(${library} PUBLIC lwip)
  endif()
endforeach()

# One image: bin/NAME.elf, .bin (what is loaded or burnt) and .map.
function(airlift_image name script)
  set_property(GLOBAL APPEND PROPERTY airlift_images ${name})
  add_executable(${name} ${ARGN} $<TARGET_OBJECTS:firmware_runtime>)
  set_target_properties(${name} PROPERTIES SUFFIX .elf LINKER_LANGUAGE C)  # g++ would want a libstdc++
  target_link_libraries(${name} PRIVATE airlift_options)
  foreach(library firmware_net firmware_port firmware_board)
    if(TARGET ${library})
      target_link_libraries(${name} PRIVATE ${library})
    endif()
  endforeach()
  set(script ${PROJECT_SOURCE_DIR}/boards/${BOARD}/${script})
  set(map ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${name}.map)
  target_link_options(${name} PRIVATE -nostartfiles -T${script} -L${PROJECT_SOURCE_DIR}/boards/${BOARD} -Wl,--gc-sections
    -Wl,-Map=${map} -Wl,--fatal-warnings -Wl,--no-warn-rwx-segments)
  file(GLOB scripts ${PROJECT_SOURCE_DIR}/boards/${BOARD}/*.ld)
  set_property(TARGET ${name} PROPERTY LINK_DEPENDS ${scripts})
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND ${CMAKE_OBJCOPY} -O binary $<TARGET_FILE:${name}> ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${name}.bin
    BYPRODUCTS ${map} ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${name}.bin)
endfunction()

# A boot loader that starts only what `key` (a PEM file) has signed; "": anything whole. The key comes as bytes of a header.
function(airlift_boot_loader name key)
  set(key_bytes "")
  if(key)
    set(der ${PROJECT_BINARY_DIR}/${name}.der)
    execute_process(COMMAND sed /-----/d ${key} COMMAND base64 --decode OUTPUT_FILE ${der} COMMAND_ERROR_IS_FATAL ANY)
    file(READ ${der} key_bytes HEX)
    if(NOT key_bytes MATCHES "^302a300506032b6570032100")  # RFC 8410
      message(FATAL_ERROR "${key} is no Ed25519 public key in PEM")
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${key})
  endif()
  string(LENGTH "${key_bytes}" key_size)
  math(EXPR key_size "${key_size} / 2")
  string(REGEX REPLACE "(..)" "0x\\1, " key_bytes "${key_bytes}")
  file(CONFIGURE OUTPUT generated/${name}/boot/boot_key.hpp CONTENT
"// Made of @key@.
#pragma once
#include <array>
#include <cstdint>
namespace airlift::firmware {
inline constexpr std::array<std::uint8_t, @key_size@> boot_key{@key_bytes@};
}
")
  file(GLOB files CONFIGURE_DEPENDS src/boot/*.cpp)
  airlift_image(${name} boot.ld ${files})
  target_include_directories(${name} PRIVATE ${PROJECT_BINARY_DIR}/generated/${name})
  set_target_properties(${name} PROPERTIES AIRLIFT_ED25519_ONLY ON)
endfunction()
airlift_boot_loader(boot "${AIRLIFT_BOOT_KEY}")
airlift_boot_loader(boot-test-key ${root}/tests/qemu/boot_key.pub.pem)

# The application, in versions to update to, and such as do not work.
file(GLOB files CONFIGURE_DEPENDS src/app/*.cpp)
list(REMOVE_ITEM files ${PROJECT_SOURCE_DIR}/src/app/main.cpp)
airlift_firmware_library(firmware_app ${files})
target_link_libraries(firmware_app PUBLIC firmware_net firmware_port firmware_board PRIVATE airlift_page)
target_include_directories(firmware_app PRIVATE ${PROJECT_BINARY_DIR}/generated/boot)  # the boot loader's key is the application's
target_compile_definitions(firmware_app PUBLIC AIRLIFT_VERSION="${AIRLIFT_VERSION}")
foreach(variant 1 2 3 hang crash offline)
  airlift_image(app-${variant} application.ld src/app/main.cpp)
  target_link_libraries(app-${variant} PRIVATE firmware_app)
  target_compile_definitions(app-${variant} PRIVATE AIRLIFT_APPLICATION_VERSION="${variant}")
  if(NOT variant MATCHES "^[0-9]")
    target_compile_definitions(app-${variant} PRIVATE AIRLIFT_APPLICATION_FAULT=${variant})
  endif()
endforeach()

# Tests that run in the board, and what only this board can show.
file(GLOB_RECURSE files CONFIGURE_DEPENDS src/guest_test/*.cpp)
airlift_image(guest-test application.ld ${files})
target_include_directories(guest-test PRIVATE ${root}/tests)
file(GLOB files CONFIGURE_DEPENDS boards/${BOARD}/images/*.cpp)
foreach(file ${files})
  cmake_path(GET file STEM name)
  string(REPLACE _ - name ${name})
  airlift_image(${name} application.ld ${file})
endforeach()

# What tools/check-firmware looks for.
get_property(images GLOBAL PROPERTY airlift_images)
list(JOIN images "\n" images)
file(WRITE ${PROJECT_BINARY_DIR}/images.txt "${images}\n")
