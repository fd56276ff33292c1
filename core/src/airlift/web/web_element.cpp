#include "airlift/web/web_element.hpp"

namespace airlift::web {

WebElement::WebElement(const Ports& ports, element::OtaElement& ota, Span<WebConnection> connections,
                       const Page& page)
    : ports_{ports}, ota_{ota}, connections_{connections}, page_{page} {}

element::SetResult WebElement::do_set(std::string_view /*property*/, std::string_view /*value*/) {
  return element::SetResult::unknown_property;
}

void WebElement::do_start(element::Board& /*board*/, Instant /*now*/) {}

milliseconds WebElement::do_loop(Instant /*now*/) {
  return element::idle_wait;
}

void WebElement::do_stop() {}

}  // namespace airlift::web
