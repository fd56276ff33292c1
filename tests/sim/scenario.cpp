#include "scenario.hpp"

namespace airlift::sim {

using Do = Step::Action;
using Id = FileId;

const std::vector<Scenario>& scenarios() {
  constexpr auto required = image::SignatureMode::required;
  constexpr auto off = image::SignatureMode::off;
  static const std::vector<Scenario> all{
      {"update", "an update of the firmware", {{Do::install, Id::firmware_2}}},
      {"rollback", "firmware that does not work", {{Do::try_broken, Id::firmware_2}}},
      {"bundle",
       "firmware and filesystem together: a good bundle, then a bad one",
       {{Do::install, Id::bundle_firmware, Id::bundle_filesystem},
        {Do::try_broken, Id::bad_bundle_filesystem, Id::bad_bundle_firmware}}},
      {"confirm",
       "a trial with a shutdown and a failure before it is confirmed",
       {{Do::install_slowly, Id::firmware_2}}},
      {"history",
       "a full journal, and updates that come to nothing",
       {{Do::abandon, Id::firmware_2},
        {Do::abandon, Id::firmware_3},
        {Do::abandon, Id::filesystem_2},
        {Do::install, Id::firmware_3}},
       off,
       false,
       true},
      {"keys",
       "a key is retired, the floor is raised; tampered, old and badly signed images",
       {{Do::refuse, Id::tampered_firmware, Id::none, UpdateError::signature_wrong},
        {Do::install, Id::retiring_firmware},
        {Do::refuse, Id::old_key_firmware, Id::none, UpdateError::key_retired},
        {Do::refuse, Id::low_firmware, Id::none, UpdateError::counter_too_low}},
       required},
      {"waiting",
       "half a bundle waits while its key is retired",
       {{Do::upload, Id::half_filesystem},
        {Do::install, Id::retiring_firmware},
        {Do::upload, Id::half_firmware}},
       required},
      {"gzip", "compressed firmware", {{Do::install, Id::gzip_firmware}}},
      {"filesystem",
       "a filesystem image alone: one that works, one that does not",
       {{Do::install, Id::filesystem_2}, {Do::try_broken, Id::factory_filesystem}}},
      {"replaced",
       "an image is replaced before it was ever started",
       {{Do::upload, Id::firmware_2}, {Do::install, Id::firmware_3}}},
      {"first", "the first image of all", {{Do::install, Id::factory_firmware}}, off, true},
  };
  return all;
}

}  // namespace airlift::sim
