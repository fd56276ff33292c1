#pragma once
// One upload to one device, from its address to proven success. It runs on an event loop, beside many others,
// and never blocks. Stages: docs/design/upload-protocol.md, "The uploader's course".

#include <memory>
#include <optional>
#include <string>

#include "airlift/base/time.hpp"
#include "airlift/crypto/hash.hpp"
#include "airlift/wire/codes.hpp"
#include "airlift/wire/password.hpp"
#include "airlift_posix/event_loop.hpp"
#include "push_failure.hpp"
#include "target.hpp"
#include "upload_image.hpp"

namespace airlift::cli {

enum class ExtensionUse : std::uint8_t {
  automatic,  ///< when the device speaks it
  required,   ///< else the upload fails: extension_missing
  off,        ///< as an old uploader
};

enum class WaitUntil : std::uint8_t {
  taken,   ///< the device says OK
  proven,  ///< it runs the new image and that is confirmed; an old device: it is reachable again
};

/// What holds for every device of one push.
struct UploadOptions {
  std::string host_address;    ///< to listen on and invite from; empty: any
  std::uint16_t host_port{0};  ///< 0: the system chooses. Fixed: only one upload at a time can listen
  wire::Command command{wire::Command::firmware};
  std::string password;
  wire::StoredHash first_hash{wire::StoredHash::sha256};  ///< for old devices of the SHA-256 scheme
  ExtensionUse extension{ExtensionUse::automatic};
  bool encrypt{false};  ///< TLS or nothing; means ExtensionUse::required
  bool compress{true};  ///< when the device can and it makes the file smaller
  WaitUntil wait_until{WaitUntil::proven};
  milliseconds answer_timeout{10000};
  milliseconds return_timeout{60000};  ///< how long a device may be away after it took the image
};

enum class Protocol : std::uint8_t { unknown, old, extension };

/// How far the proof of success went.
enum class Proof : std::uint8_t {
  none,       ///< it did not take the image
  taken,      ///< it said OK; also what --no-wait ends with
  waits,      ///< it said OK; the image waits for the other one of its bundle
  reachable,  ///< an old device: it is back
  running,    ///< it runs the new image, on trial
  confirmed,  ///< and that has been confirmed
};

struct UploadReport {
  std::optional<PushFailure> failure;  ///< none: done
  Target target;
  port::Endpoint device;     ///< the endpoint that answered, else the first
  std::string listening_at;  ///< empty: it was not necessary
  Protocol protocol{Protocol::unknown};
  bool encrypted{false};
  bool compressed{false};
  std::uint32_t size_bytes{0};
  std::uint32_t taken_bytes{0};                      ///< of the file, by the device
  std::uint64_t sent_bytes{0};                       ///< on the wire, after compression
  int resumed{0};                                    ///< how often the transfer went on after a cut
  std::optional<crypto::Sha256Digest> image_sha256;  ///< of the image the device will start (extension)
  Proof proof{Proof::none};
  milliseconds transfer_time{0};  ///< from the first byte sent to the last one taken
  milliseconds duration{0};       ///< from the invitation to the end
};

/// Is told while an upload goes on; from the loop's callbacks only.
class UploadObserver {
 public:
  virtual ~UploadObserver() = default;
  virtual void entered(Stage) {}
  virtual void progress(std::uint32_t /*taken_bytes*/, std::uint32_t /*size_bytes*/) {}
  /// Steps and datagrams, without secrets: for -d.
  virtual void trace(std::string_view /*text*/) {}
  virtual void finished(const UploadReport&) {}
};

class DeviceUpload {
 public:
  /// All references outlive it.
  DeviceUpload(posix::EventLoop& loop, const UploadOptions& options, UploadImage& image, Target target,
               UploadObserver& observer);
  ~DeviceUpload();

  void start();
  /// Ends with `cancelled`; what was sent stays as it is.
  void cancel();
  [[nodiscard]] bool finished() const;
  /// Final when finished().
  [[nodiscard]] const UploadReport& report() const;

 private:
  class Course;
  std::unique_ptr<Course> course_;
};

}  // namespace airlift::cli
