# Other people's libraries, from build/sources.

airlift_foreign_library(http_parser ${sources}/http-parser/http_parser.c)

# Crypto and inflate.
add_subdirectory(${root}/backends backends)

include(${PROJECT_SOURCE_DIR}/src/net/lwip.cmake)
