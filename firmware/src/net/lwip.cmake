# Makes the target lwip of the sources in build/sources (scripts/fetch-sources): for a board, and for the tests on the host.
set(LWIP_DIR ${CMAKE_CURRENT_LIST_DIR}/../../../build/sources/lwip)
include(${LWIP_DIR}/src/Filelists.cmake)

# Its mDNS responder announces all services in one message of 500 bytes, or nothing when they do not fit.
file(READ ${LWIP_DIR}/src/apps/mdns/mdns.c mdns)
string(REPLACE "#define OUTPACKET_SIZE 500" "#define OUTPACKET_SIZE 1400" large_mdns "${mdns}")
if(large_mdns STREQUAL mdns)
  message(FATAL_ERROR "lwIP's mdns.c is not what it was: how long are its messages?")
endif()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/lwip_mdns.c CONTENT "${large_mdns}" @ONLY)

add_library(lwip STATIC EXCLUDE_FROM_ALL
  ${lwipcore_SRCS} ${lwipcore4_SRCS} ${CMAKE_CURRENT_BINARY_DIR}/lwip_mdns.c ${LWIP_DIR}/src/netif/ethernet.c)
target_include_directories(lwip SYSTEM PUBLIC ${LWIP_DIR}/src/include ${CMAKE_CURRENT_LIST_DIR}/lwip)
target_compile_options(lwip PRIVATE -w)  # its code is not ours
