#pragma once
// The certificate of an encrypted pool: PEM files that somebody has given, or made once by the device itself.

#include <openssl/types.h>

#include <memory>
#include <string>

#include "airlift/port/stream_pool.hpp"
#include "airlift/port/system.hpp"

namespace airlift::posix {

class CertificateFiles final : public port::TlsIdentity {
 public:
  struct Places {
    std::string given_directory;   ///< names of given files are relative to it, or absolute
    std::string own_directory;     ///< for what the device makes
    port::IpAddress bind_address;  ///< whose addresses a certificate of its own names
  };
  /// `log` outlives this and is told which file cannot be used, and why.
  CertificateFiles(Places places, port::Log& log);
  ~CertificateFiles() override;

  /// A given certificate that has expired is not taken; one of its own is made anew then. A given certificate
  /// without key has that in the same file.
  [[nodiscard]] Status open(std::string_view certificate, std::string_view key,
                            std::string_view name) override;
  [[nodiscard]] std::string_view fingerprint() const override { return fingerprint_; }

  /// For TlsChannel; null: none is open.
  [[nodiscard]] SSL_CTX* context() const { return context_.get(); }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const;
  };

  [[nodiscard]] Status use(const std::string& certificate, const std::string& key);
  [[nodiscard]] Status use_own(std::string_view name);
  [[nodiscard]] Status make_own(const std::string& certificate, const std::string& key,
                                std::string_view name);
  [[nodiscard]] Status refuse(const std::string& path, std::string_view reason,
                              UpdateError error = UpdateError::key_unreadable);

  Places places_;
  port::Log& log_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::string fingerprint_;
};

}  // namespace airlift::posix
