#include "update_puller.hpp"

namespace airlift::device {

UpdatePuller::UpdatePuller(const Places& places, const Shared& shared, std::string_view version)
    : client_{shared.loop, places.config_directory},
      memory_{places.state_directory + "/offer"},
      station_{station_address(places.state_directory, shared.entropy)},
      element_{{client_, memory_, shared.entropy, shared.calendar},
               shared.ota,
               shared.updater,
               {station_.mac, station_.chip_id, version}},
      note_{places.run_directory, element_, shared.calendar} {}

}  // namespace airlift::device
