#pragma once
// Everything the web element answers to. docs/design/device-page.md, "Routes".

#include "airlift/web/call.hpp"

namespace airlift::web {

/// What may come behind the head.
enum class Body : std::uint8_t {
  none,
  form,
  config_file,  ///< into the ConfigStore
  upload,       ///< multipart, into the updater
};

struct Route {
  enum class Path : std::uint8_t {
    whole,
    beginning,    ///< `path` and something behind it
    config_file,  ///< a slash and a name of the ConfigStore
  };

  http::Method method;
  Path match;
  std::string_view path;
  Need need;
  Body body;
  Handler handler;  ///< of `upload`: none
};

/// nullptr: there is none. HEAD is answered as GET.
[[nodiscard]] const Route* find_route(const http::Request& request, port::ConfigStore& files);
/// The methods that have a route for this path, for `Allow`; empty: none has.
using AllowedMethods = FixedString<48>;
[[nodiscard]] AllowedMethods allowed_methods(std::string_view path, port::ConfigStore& files);

/// What the route asks for: a query on an element is an action, and so a change.
[[nodiscard]] Need need_of(const Route& route, const http::Request& request);

}  // namespace airlift::web
