#pragma once
// One upload on a loop of its own: finds the device and waits for the end.

#include <optional>
#include <string>

#include "device_upload.hpp"

namespace airlift::cli {

struct PushOptions {
  std::string device;  ///< name or address
  std::optional<std::uint16_t> device_port;
  std::string host_address;    ///< to listen on and invite from; empty: any
  std::uint16_t host_port{0};  ///< 0: the system chooses
  std::string file;
  SignedFile signed_file{SignedFile::preferred};
  wire::Command command{wire::Command::firmware};
  std::string password;
  wire::StoredHash first_hash{wire::StoredHash::sha256};
  milliseconds answer_timeout{10000};
};

/// What these say about every upload; the rest is at its default.
[[nodiscard]] UploadOptions upload_options(const PushOptions& options);

/// What is known about an upload, more and more of it.
struct PushReport {
  std::optional<PushFailure> failure;  ///< none: the device took the image
  std::string file;                    ///< the one that was uploaded
  bool replaced_by_signed{false};
  std::string device_name;
  port::Endpoint device;
  std::string listening_at;
  std::uint32_t size_bytes{0};
  std::uint32_t sent_bytes{0};
  milliseconds duration{0};  ///< from the invitation to the end
};

/// Is told while the upload goes on.
class PushObserver {
 public:
  virtual ~PushObserver() = default;
  /// File, device and listening port stand.
  virtual void ready(const PushReport&) {}
  virtual void entered(Stage) {}
  virtual void progress(std::uint32_t /*sent_bytes*/) {}
  /// Steps and datagrams, without secrets: for -d.
  virtual void trace(std::string_view /*text*/) {}
};

/// Uploads; never throws for what can happen to an upload. SIGINT and SIGTERM cancel it.
[[nodiscard]] PushReport push(const PushOptions& options, PushObserver& observer);

}  // namespace airlift::cli
