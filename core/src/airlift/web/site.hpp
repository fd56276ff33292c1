#pragma once
// What all connections of the web element share.

#include "airlift/element/board.hpp"
#include "airlift/element/ota_element.hpp"
#include "airlift/port/config_store.hpp"
#include "airlift/port/stream_pool.hpp"
#include "airlift/port/system_info.hpp"
#include "airlift/web/guard.hpp"

namespace airlift::web {

/// The page as it is sent, compressed with gzip; the ETag with its quotes.
struct Page {
  Bytes gzip;
  std::string_view etag;
};

struct Site {
  element::OtaElement& ota;
  port::ConfigStore& files;
  port::SystemInfo& system;
  port::TlsIdentity& identity;
  port::Advertiser& advertiser;  ///< knows the name the network has given us
  Page page;
  Guard guard;
  element::Board* board{nullptr};    ///< once the element is started
  std::uint16_t redirect_port{0};    ///< plain requests are sent there; 0: they are answered
  std::size_t event_streams{0};      ///< that are on
  bool crowded{false};               ///< all connections are in use, and another one waits
  const void* writes_file{nullptr};  ///< the connection that is sending a configuration file
};

}  // namespace airlift::web
