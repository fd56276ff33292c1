#pragma once
// Why it failed, likely: causes in order, each with the command that checks or fixes it on this machine.

#include <string>
#include <vector>

#include "device_upload.hpp"
#include "host_facts.hpp"

namespace airlift::cli {

/// What was tried, as far as causes depend on it.
struct Attempt {
  port::Endpoint device;
  Protocol protocol{Protocol::unknown};
  std::string listening_at;     ///< for the device to connect to; empty: it did not come so far
  std::uint32_t size_bytes{0};  ///< of the file; 0: there is none
};

/// Empty: the advice that belongs to the error says it all.
[[nodiscard]] std::vector<std::string> likely_causes(const PushFailure& failure, const Attempt& attempt,
                                                     const UploadOptions& options, const HostFacts& facts);

/// Looks at this machine and fills in the causes of a failed upload, for people (numbered hints instead of
/// the advice) and for JSON (`causes`). Does nothing when it has not failed.
void add_causes(UploadReport& report, const UploadOptions& options);

}  // namespace airlift::cli
