# Other people's libraries, from build/sources, with their warnings off. What an image does not use the linker drops.

function(airlift_foreign_library name)
  add_library(${name} STATIC EXCLUDE_FROM_ALL ${ARGN})
  target_compile_options(${name} PRIVATE -w)
endfunction()

airlift_foreign_library(http_parser ${sources}/http-parser/http_parser.c)

set(zlib ${sources}/zlib)
airlift_foreign_library(zlib ${zlib}/adler32.c ${zlib}/crc32.c ${zlib}/inffast.c ${zlib}/inflate.c ${zlib}/inftrees.c
  ${zlib}/zutil.c)
target_include_directories(zlib SYSTEM PUBLIC ${zlib})

foreach(part codec ec hash int mac rand rsa)
  file(GLOB files ${sources}/bearssl/src/${part}/*.c)
  list(APPEND bearssl_files ${files})
endforeach()
airlift_foreign_library(bearssl ${bearssl_files})
target_include_directories(bearssl PRIVATE ${sources}/bearssl/src SYSTEM PUBLIC ${sources}/bearssl/inc)

# lwIP is made to measure by the lwipopts.h of src/net.
if(EXISTS ${PROJECT_SOURCE_DIR}/src/net/lwipopts.h)
  file(GLOB lwip_files ${sources}/lwip/src/core/*.c ${sources}/lwip/src/core/ipv4/*.c ${sources}/lwip/src/apps/mdns/*.c)
  airlift_foreign_library(lwip ${lwip_files} ${sources}/lwip/src/netif/ethernet.c)
  target_include_directories(lwip PUBLIC ${PROJECT_SOURCE_DIR}/src/net SYSTEM PUBLIC ${sources}/lwip/src/include)
endif()
