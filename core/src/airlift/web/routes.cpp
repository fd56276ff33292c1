#include "airlift/web/routes.hpp"

#include "airlift/web/handlers.hpp"

namespace airlift::web {
namespace {

using http::Method;
using Path = Route::Path;

constexpr std::string_view state_prefix{"/api/state/"};

constexpr Route route_table[]{
    {Method::get, Path::whole, "/", Need::nothing, Body::none, send_home},
    {Method::get, Path::whole, "/index.html", Need::nothing, Body::none, send_page},
    {Method::get, Path::whole, "/update", Need::nothing, Body::none, send_page},
    {Method::post, Path::whole, "/update", Need::change, Body::upload, nullptr},
    {Method::post, Path::whole, "/api/offer", Need::change, Body::form, judge_offer},
    {Method::get, Path::whole, "/api/sysinfo", Need::password, Body::none, show_system},
    {Method::get, Path::whole, "/api/elements", Need::password, Body::none, list_elements},
    {Method::get, Path::whole, "/api/state", Need::password, Body::none, show_state},
    {Method::get, Path::beginning, state_prefix, Need::password, Body::none, show_or_act},
    {Method::get, Path::whole, "/api/events", Need::password, Body::none, stream_events},
    {Method::get, Path::whole, "/api/reboot", Need::change, Body::none, reboot},
    {Method::post, Path::whole, "/api/reboot", Need::change, Body::form, reboot},
    {Method::get, Path::whole, "/api/list", Need::password, Body::none, list_files},
    {Method::get, Path::config_file, {}, Need::password, Body::none, send_file},
    {Method::put, Path::config_file, {}, Need::change, Body::config_file, take_file},
    {Method::remove, Path::config_file, {}, Need::change, Body::none, remove_file},
    {Method::get, Path::whole, "/api/login", Need::nothing, Body::none, show_login},
    {Method::post, Path::whole, "/api/login", Need::own_page, Body::form, log_in},
    {Method::post, Path::whole, "/api/logout", Need::own_page, Body::form, log_out},
};

bool is_config_file(std::string_view path, port::ConfigStore& files) {
  if (path.empty()) return false;
  for (std::size_t i = 0; const auto file = files.file(i); ++i) {
    if (path.substr(1) == file->name) return true;
  }
  return false;
}

bool matches(const Route& route, std::string_view path, port::ConfigStore& files) {
  switch (route.match) {
    case Path::whole:
      return path == route.path;
    case Path::beginning:
      return path.size() > route.path.size() && path.substr(0, route.path.size()) == route.path;
    case Path::config_file:
      return is_config_file(path, files);
  }
  return false;
}

std::string_view name_of(Method method) {
  switch (method) {
    case Method::get:
      return "GET, HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::remove:
      return "DELETE";
    case Method::head:
    case Method::options:
    case Method::other:
      break;
  }
  return {};
}

}  // namespace

const Route* find_route(const http::Request& request, port::ConfigStore& files) {
  const Method method = request.method == Method::head ? Method::get : request.method;
  for (const Route& route : route_table) {
    if (route.method == method && matches(route, request.path, files)) return &route;
  }
  return nullptr;
}

AllowedMethods allowed_methods(std::string_view path, port::ConfigStore& files) {
  AllowedMethods methods;
  for (const Route& route : route_table) {
    if (!matches(route, path, files)) continue;
    methods.append(methods.empty() ? "" : ", ").append(name_of(route.method));
  }
  return methods.empty() ? methods : methods.append(", OPTIONS");
}

Need need_of(const Route& route, const http::Request& request) {
  const bool acts = route.match == Path::beginning && !request.query.empty();
  return acts ? Need::change : route.need;
}

}  // namespace airlift::web
