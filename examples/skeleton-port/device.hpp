#pragma once
// The smallest device out of these ports: uploads by espota and airlift push, two slots, trial and rollback.
// No heap: all of it is one object.

#include "airlift/element/board.hpp"
#include "airlift/element/ota_element.hpp"
#include "airlift/element/trial.hpp"
#include "ports.hpp"

namespace skeleton {

class Device {
 public:
  Device();

  /// What has to be settled before the network is there. Without a boot loader of your own that follows the
  /// boot record, this decides what shall run, and your board has to start that.
  void start(Instant now);
  /// Call it when the board has an address.
  void network_is_up(Instant now) { board_.network_is_up(now); }
  /// One turn, of one sector's work at most. Returns how long it may be until the next.
  airlift::milliseconds loop();

  Clock clock;

 private:
  /// Keys that are built in go here; without one, images need no signature.
  class Keys final : public airlift::element::KeySource {
    [[nodiscard]] Status load(std::string_view /*name*/, airlift::image::KeyRing& /*ring*/) override {
      return UpdateError::key_unreadable;
    }
  };

  Flash flash_;
  Log log_;
  System system_;
  Entropy entropy_;
  Calendar calendar_;
  DatagramSocket socket_;
  Stream stream_;
  Stream extension_stream_;
  Listener listener_;
  Advertiser advertiser_;
  Keys keys_;

  std::array<std::uint8_t, 4096> block_{};  ///< a sector: what is written at once
  airlift::boot::SlotStore store_;
  airlift::boot::History history_;
  airlift::update::Updater updater_;
  airlift::element::Trial trial_{store_, history_};
  airlift::element::ElementRegistry registry_;
  airlift::element::DeviceElement device_{"skeleton"};
  airlift::element::OtaElement ota_;
  airlift::element::Board board_{registry_, device_, log_, system_};
};

}  // namespace skeleton
