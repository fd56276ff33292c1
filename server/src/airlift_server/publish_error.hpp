#pragma once
// Why an image could not be put into the folder. Thrown.

#include <string>

#include "airlift/base/update_error.hpp"

namespace airlift::server {

struct PublishError {
  UpdateError code{UpdateError::none};
  std::string message;  ///< what happened, with names and numbers
  std::string advice;   ///< the likely cause and the next step
};

}  // namespace airlift::server
