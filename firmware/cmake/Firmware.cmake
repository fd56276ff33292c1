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

file(GLOB_RECURSE files CONFIGURE_DEPENDS boards/${BOARD}/*.cpp boards/${BOARD}/*.S src/board/*.cpp)
airlift_firmware_library(firmware_board ${files})
file(GLOB_RECURSE files CONFIGURE_DEPENDS src/net/*.cpp)
airlift_firmware_library(firmware_net ${files})
file(GLOB_RECURSE files CONFIGURE_DEPENDS src/port/*.cpp)
airlift_firmware_library(firmware_port ${files})
foreach(library firmware_board firmware_net)
  if(TARGET lwip AND TARGET ${library})
    target_link_libraries(${library} PUBLIC lwip)
  endif()
endforeach()

# One image: bin/NAME.elf, .bin (what is loaded or burnt) and .map.
function(airlift_image name script)
  add_executable(${name} ${ARGN})
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
  set_property(TARGET ${name} PROPERTY LINK_DEPENDS ${script})
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND ${CMAKE_OBJCOPY} -O binary $<TARGET_FILE:${name}> ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${name}.bin
    BYPRODUCTS ${map} ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${name}.bin)
endfunction()

file(GLOB files CONFIGURE_DEPENDS src/boot/*.cpp)
airlift_image(boot boot.ld ${files})

# The application, in versions to update to, and such as do not work.
file(GLOB_RECURSE files CONFIGURE_DEPENDS src/app/*.cpp)
if(EXISTS ${PROJECT_SOURCE_DIR}/src/app/main.cpp)
  foreach(version 1 2 3)
    airlift_image(app-${version} application.ld ${files})
    target_compile_definitions(app-${version} PRIVATE AIRLIFT_APPLICATION_VERSION="${version}")
  endforeach()
  foreach(fault hang crash offline)
    airlift_image(app-${fault} application.ld ${files})
    target_compile_definitions(app-${fault} PRIVATE AIRLIFT_APPLICATION_VERSION="${fault}" AIRLIFT_APPLICATION_FAULT=${fault})
  endforeach()
endif()
