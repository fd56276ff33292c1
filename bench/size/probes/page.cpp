// With the browser's page, without its file, whose size is the page's.

#include "airlift/web/web_element.hpp"
#include "probes/elements.hpp"

namespace airlift::probe {
namespace {

struct Device : Elements {
  explicit Device(const Ports& ports)
      : Elements{ports},
        web{{ports.plain, ports.encrypted, ports.identity, ports.files, ports.system_info, ports.entropy,
             ports.advertiser, ports.advertiser},
            ota,
            connections,
            {as_bytes("page"), "\"1\""}} {
    add("web", web);
  }
  std::array<web::WebConnection, 1> connections;
  web::WebElement web;
};

Placed<Device> device;

}  // namespace

const Way way{Way::page};

bool start(const Ports& ports) {
  return device.make(ports).start();
}

Progress loop(Instant now) {
  return device.get().loop(now);
}

}  // namespace airlift::probe
