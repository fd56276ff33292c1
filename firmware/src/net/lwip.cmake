# Makes the target lwip of the sources in build/sources (scripts/fetch-sources): for a board, and for the tests on the host.
set(LWIP_DIR ${CMAKE_CURRENT_LIST_DIR}/../../../build/sources/lwip)
include(${LWIP_DIR}/src/Filelists.cmake)
add_library(lwip STATIC EXCLUDE_FROM_ALL
  ${lwipcore_SRCS} ${lwipcore4_SRCS} ${lwipmdns_SRCS} ${LWIP_DIR}/src/netif/ethernet.c)
target_include_directories(lwip SYSTEM PUBLIC ${LWIP_DIR}/src/include ${CMAKE_CURRENT_LIST_DIR}/lwip)
target_compile_options(lwip PRIVATE -w)  # its code is not ours
