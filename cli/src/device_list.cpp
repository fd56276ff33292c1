#include "device_list.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "airlift/codec/text.hpp"
#include "airlift_posix/address.hpp"

namespace airlift::cli {
namespace {

using Kind = DeviceList::Change::Kind;

/// Who can use an address.
enum class Reach { every_machine, this_machine };

std::string_view without_domain(std::string_view name) {
  constexpr std::string_view domain{".local"};
  if (name.ends_with('.')) name.remove_suffix(1);
  const std::size_t start = name.size() - std::min(name.size(), domain.size());
  if (codec::equal_ignoring_case(name.substr(start), domain)) name.remove_suffix(domain.size());
  return name;
}

}  // namespace

std::string address_text(const port::Endpoint& endpoint) {
  const std::string address = posix::to_text(endpoint.address);
  return endpoint.scope == 0 ? address : fmt::format("{}%{}", address, endpoint.scope);
}

std::string Device::board() const {
  const auto entry = txt.find("board");
  return entry == txt.end() ? std::string{} : entry->second;
}

PasswordNeed Device::password() const {
  const auto entry = txt.find("auth_upload");
  if (entry == txt.end()) return PasswordNeed::unknown;
  return entry->second == "yes" ? PasswordNeed::yes : PasswordNeed::no;
}

DeviceList::Change DeviceList::apply(const posix::BrowserEvent& event) {
  const posix::DiscoveredService& service = event.service;
  const Key key = key_of(service);
  switch (event.kind) {
    case posix::BrowserEvent::Kind::found:
    case posix::BrowserEvent::Kind::updated: {
      Sightings& sightings = seen_[key];
      const bool known = !sightings.empty();
      const Device before = known ? merged(sightings) : Device{};
      sightings[service.interface] = service;
      Device after = merged(sightings);
      if (!known) return {Kind::found, std::move(after)};
      return {after == before ? Kind::none : Kind::updated, std::move(after)};
    }
    case posix::BrowserEvent::Kind::lost: {
      const auto entry = seen_.find(key);
      if (entry == seen_.end()) return {};
      Device before = merged(entry->second);
      entry->second.erase(service.interface);
      if (!entry->second.empty()) return {Kind::updated, merged(entry->second)};
      seen_.erase(entry);
      return {Kind::lost, std::move(before)};
    }
    case posix::BrowserEvent::Kind::all_for_now:
    case posix::BrowserEvent::Kind::failed:
      return {};
  }
  return {};
}

std::vector<Device> DeviceList::devices() const {
  std::vector<Device> result;
  for (const auto& [key, sightings] : seen_) result.push_back(merged(sightings));
  return result;
}

std::vector<Device> DeviceList::matching(std::string_view name) const {
  const std::string_view wanted = without_domain(name);
  std::vector<Device> result = devices();
  std::erase_if(result, [wanted](const Device& device) {
    return !codec::equal_ignoring_case(without_domain(device.name), wanted) &&
           !codec::equal_ignoring_case(without_domain(device.host), wanted);
  });
  return result;
}

DeviceList::Key DeviceList::key_of(const posix::DiscoveredService& service) {
  return {service.name, service.host,
          service.endpoints.empty() ? std::uint16_t{0} : service.endpoints.front().port};
}

Device DeviceList::merged(const Sightings& sightings) {
  const posix::DiscoveredService& any = sightings.begin()->second;
  Device device{any.name, any.host, {}, {}, any.txt};
  const auto add = [&](Reach reach) {
    for (const auto& [interface, sighting] : sightings) {
      for (const port::Endpoint& endpoint : sighting.endpoints) {
        if (posix::is_loopback(endpoint.address) != (reach == Reach::this_machine)) continue;
        device.endpoints.push_back(endpoint);
        device.interfaces.push_back(interface);
      }
    }
  };
  add(Reach::every_machine);
  add(Reach::this_machine);
  return device;
}

}  // namespace airlift::cli
