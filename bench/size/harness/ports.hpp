#pragma once
// What a probe is given instead of a board, and what it must be.

#include "airlift/boot/flash_map.hpp"
#include "airlift/port/advertiser.hpp"
#include "airlift/port/config_store.hpp"
#include "airlift/port/http_client.hpp"
#include "airlift/port/network.hpp"
#include "airlift/port/offer_memory.hpp"
#include "airlift/port/stream_pool.hpp"
#include "airlift/port/system.hpp"
#include "airlift/port/system_info.hpp"

namespace airlift::probe {

struct Ports {
  port::Flash& flash;
  boot::FlashMap map;
  port::DatagramSocket& socket;
  port::Stream& stream;
  port::Entropy& entropy;
  Bytes key;  ///< the SubjectPublicKeyInfo of whom the image is signed by
  // of devices with elements:
  port::Log& log;
  port::System& system;
  port::Calendar& calendar;
  port::Advertiser& advertiser;
  port::Stream& extension_stream;
  port::Listener& listener;
  // of those with a page:
  port::StreamPool& plain;
  port::StreamPool& encrypted;
  port::TlsIdentity& identity;
  port::ConfigStore& files;
  port::SystemInfo& system_info;
  // of those that ask a server:
  port::HttpClient& http;
  port::OfferMemory& offers;
};

/// How the image comes in.
enum class Way : std::uint8_t { espota, page, server };

/// How far a probe has come.
enum class Progress : std::uint8_t {
  running,  ///< it goes on
  restart,  ///< it wants to be started again, into a new image
};

// Of the probe. Its memory is static.

extern const Way way;
/// After each reset. True: what runs is a new image, confirmed now.
[[nodiscard]] bool start(const Ports& ports);
[[nodiscard]] Progress loop(Instant now);

}  // namespace airlift::probe
