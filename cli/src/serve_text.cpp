#include "serve_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace airlift::cli {
namespace {

std::string offered(const server::Channel& channel, image::Kind kind) {
  const auto is_kind = [kind](const server::Offer& offer) { return offer.image->kind == kind; };
  const auto first = std::find_if(channel.offers.begin(), channel.offers.end(), is_kind);
  if (first == channel.offers.end()) return {};
  const auto others = std::count_if(first, channel.offers.end(), is_kind) - 1;
  const std::string_view version = first->image->version();
  return fmt::format("{} {}{}", name_of(kind), version.empty() ? first->image->file.path : version,
                     others > 0 ? fmt::format(" (and {} more)", others) : "");
}

std::string channel_line(const std::string& name, const server::Channel& channel) {
  std::string line = fmt::format("  {}:", name);
  std::string separator{" "};
  for (const image::Kind kind : {image::Kind::firmware, image::Kind::filesystem}) {
    const std::string one = offered(channel, kind);
    if (one.empty()) continue;
    line += separator + one;
    separator = ", ";
  }
  return line + '\n';
}

std::string offers_text(const ServeText& facts) {
  std::string lines;
  for (const auto& [name, channel] : facts.channels) {
    if (!channel.offers.empty()) lines += channel_line(name, channel);
  }
  if (!lines.empty()) return fmt::format("Offered from {}:\n{}", facts.directory, lines);
  return fmt::format(
      "warning: there is no image in {} yet: put one in with `airlift publish {} IMAGE`.\n"
      "It is offered within seconds.\n",
      facts.directory, facts.directory);
}

std::string configuration_line(std::string_view url, std::string_view fingerprint) {
  const std::string pin = fingerprint.empty() ? "" : fmt::format(R"(, "fingerprint": "{}")", fingerprint);
  return fmt::format("  \"update\": {{ \"0\": {{ \"url\": \"{}\"{} }} }}\n", url, pin);
}

}  // namespace

std::string start_text(const ServeText& facts) {
  std::string text = offers_text(facts);
  std::string first_url;
  text += "Listening on:\n";
  for (const auto& [scheme, port] :
       {std::pair{"https", facts.https_port}, std::pair{"http", facts.http_port}}) {
    for (const std::string& address : facts.addresses) {
      if (port == 0) continue;
      const std::string url = fmt::format("{}://{}:{}", scheme, address, port);
      text += fmt::format("  {}\n", url);
      if (first_url.empty()) first_url = url;
    }
  }
  if (first_url.empty()) return text;
  return text + "In the configuration of your devices:\n" + configuration_line(first_url, facts.fingerprint);
}

}  // namespace airlift::cli
