#pragma once
// The update element of a Linux device, with everything that only it needs.

#include "airlift_posix/curl_client.hpp"
#include "airlift_posix/file_offer_memory.hpp"
#include "station_address.hpp"
#include "update_note.hpp"

namespace airlift::device {

class UpdatePuller {
 public:
  struct Places {
    std::string config_directory;  ///< `ca` is relative to it
    std::string state_directory;
    std::string run_directory;
  };
  struct Shared {
    posix::EventLoop& loop;
    port::Entropy& entropy;
    port::Calendar& calendar;
    element::OtaElement& ota;
    update::Updater& updater;
  };
  /// What is shared, and the text of `version`, outlive it.
  UpdatePuller(const Places& places, const Shared& shared, std::string_view version);

  [[nodiscard]] pull::UpdateElement& element() { return element_; }
  [[nodiscard]] UpdateNoteKeeper& note() { return note_; }
  /// CHECK=1 has come.
  void check_now() { note_.asked(element_.check_now()); }

 private:
  posix::CurlClient client_;
  posix::FileOfferMemory memory_;
  StationAddress station_;
  pull::UpdateElement element_;
  UpdateNoteKeeper note_;
};

}  // namespace airlift::device
