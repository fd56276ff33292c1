#pragma once
// Who wants to know of uploads while they happen: a sketch's callbacks.

#include "airlift/base/update_error.hpp"

namespace airlift::element {

/// Called from within OtaElement's loop(): only take note, do nothing that calls the element.
class UploadObserver {
 public:
  virtual ~UploadObserver() = default;
  /// The updater's announcement says what comes. An upload that goes on after a pause has begun once.
  virtual void upload_begun() = 0;
  /// It is over, and its uploader knows. `error` none: its image is staged.
  virtual void upload_ended(UpdateError error) = 0;
  /// Somebody was refused before a byte of an upload came.
  virtual void upload_refused(UpdateError error) = 0;
};

}  // namespace airlift::element
