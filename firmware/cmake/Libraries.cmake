# Other people's libraries, from build/sources.

airlift_foreign_library(http_parser ${sources}/http-parser/http_parser.c)

# Crypto and inflate.
add_subdirectory(${root}/backends backends)

# lwIP is made to measure by the lwipopts.h of src/net.
if(EXISTS ${PROJECT_SOURCE_DIR}/src/net/lwipopts.h)
  file(GLOB lwip_files ${sources}/lwip/src/core/*.c ${sources}/lwip/src/core/ipv4/*.c ${sources}/lwip/src/apps/mdns/*.c)
  airlift_foreign_library(lwip ${lwip_files} ${sources}/lwip/src/netif/ethernet.c)
  target_include_directories(lwip PUBLIC ${PROJECT_SOURCE_DIR}/src/net SYSTEM PUBLIC ${sources}/lwip/src/include)
endif()
