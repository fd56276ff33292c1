#pragma once
// An image on its way from a form's body into the updater.

#include <optional>
#include <string_view>

#include "airlift/element/ota_element.hpp"
#include "airlift/http/multipart_reader.hpp"
#include "airlift/web/input.hpp"

namespace airlift::web {

/// `firmware` or `filesystem`, the names ESP8266HTTPUpdateServer has for its form's fields.
[[nodiscard]] std::optional<image::Kind> kind_of(std::string_view field);

class UploadCourse {
 public:
  enum class State : std::uint8_t {
    idle,       ///< begin() ends it
    reading,    ///< ended by the end of the body, an error, abort()
    finishing,  ///< ended by the updater
    over,       ///< error() tells; the ota element's direct upload is to be concluded
  };

  /// False: the body is not a form with a file.
  [[nodiscard]] bool begin(std::string_view content_type, std::uint64_t body_bytes,
                           const port::Endpoint& peer);

  enum class Step : std::uint8_t {
    waits,  ///< nothing came
    went,   ///< something was done
  };
  /// Takes what has come, and does at most one block's work.
  [[nodiscard]] Step step(element::OtaElement& ota, Input& input);

  /// Gives up for this reason, when it is not over yet.
  void abort(element::OtaElement& ota, UpdateError reason);
  void reset() { *this = {}; }

  [[nodiscard]] State state() const { return state_; }
  /// In `over`; none: the image is next.
  [[nodiscard]] UpdateError error() const { return error_; }
  /// The direct upload of the ota element is this one's.
  [[nodiscard]] bool owns_upload() const { return owns_upload_; }
  /// All bytes of the body have come.
  [[nodiscard]] bool took_all() const { return multipart_.state() == http::MultipartReader::State::done; }

 private:
  void end(UpdateError error);
  [[nodiscard]] Step read_wrapping(element::OtaElement& ota, Input& input);
  [[nodiscard]] Step read_file(element::OtaElement& ota, Input& input);
  void begin_upload(element::OtaElement& ota);
  void watch(element::OtaElement& ota);

  State state_{State::idle};
  UpdateError error_{UpdateError::none};
  bool owns_upload_{false};
  port::Endpoint peer_;
  http::MultipartReader multipart_;
};

}  // namespace airlift::web
