# Other people's libraries, from build/sources.

airlift_foreign_library(http_parser ${sources}/http-parser/http_parser.c)
target_include_directories(http_parser SYSTEM PUBLIC ${sources}/http-parser)

# Headers only. A link to them, as the compiler must not see the host's other headers.
find_path(RAPIDJSON_INCLUDE rapidjson/reader.h PATHS /usr/include REQUIRED NO_CMAKE_FIND_ROOT_PATH)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/rapidjson)
file(CREATE_LINK ${RAPIDJSON_INCLUDE}/rapidjson ${PROJECT_BINARY_DIR}/rapidjson/rapidjson SYMBOLIC)
add_library(rapidjson INTERFACE)
target_include_directories(rapidjson SYSTEM INTERFACE ${PROJECT_BINARY_DIR}/rapidjson)

# Crypto and inflate.
add_subdirectory(${root}/backends backends)

include(${PROJECT_SOURCE_DIR}/src/net/lwip.cmake)
