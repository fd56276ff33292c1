#pragma once
// What owners do with a device, as scripts. Each step can be begun again after a power cut.

#include "airlift/base/update_error.hpp"
#include "catalog.hpp"

namespace airlift::sim {

struct Step {
  enum class Action : std::uint8_t {
    install,         ///< upload, restart, confirm, until the files run and are confirmed
    install_slowly,  ///< likewise, but the first start is a clean shutdown, the second a failure
    try_broken,      ///< upload, restart, and let it fail in all ways until it is given up
    upload,          ///< upload only
    refuse,          ///< upload, and be refused with `error`
    abandon,         ///< half an upload, then the connection is lost
  };
  Action action{Action::install};
  FileId file{FileId::none};
  FileId partner{FileId::none};  ///< uploaded first, when the file is one of a bundle
  UpdateError error{UpdateError::none};
};

struct Scenario {
  std::string_view name;   ///< for the command line
  std::string_view about;  ///< one line for people
  std::vector<Step> steps;
  image::SignatureMode signatures{image::SignatureMode::off};
  bool blank{false};         ///< nothing has been installed yet
  bool full_history{false};  ///< the next entries go into another sector of the journal
};

[[nodiscard]] const std::vector<Scenario>& scenarios();

}  // namespace airlift::sim
