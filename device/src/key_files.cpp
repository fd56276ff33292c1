#include "key_files.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "airlift_posix/pem.hpp"

namespace airlift::device {
namespace {

/// The PEM text of the longest key has less than 1 KiB; the rest is room for comments.
constexpr std::size_t longest_key_file_bytes{16 * 1024};

}  // namespace

Status KeyFiles::load(std::string_view name, image::KeyRing& ring) {
  const std::string path = std::filesystem::path{directory_} / name;
  std::ifstream file{path, std::ios::binary};
  if (!file) {
    say(path, std::strerror(errno));
    return UpdateError::key_unreadable;
  }
  std::string text(longest_key_file_bytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  const Result<crypto::PublicKey> key = posix::public_key_from_pem(text);
  if (!key.ok()) {
    say(path, "no public key (PEM, \"PUBLIC KEY\") of type Ed25519, RSA or EC is in it");
    return key.error();
  }
  if (ring.add(key.value())) return {};
  say(path, "one key too many: there can be " + std::to_string(image::KeyRing::capacity));
  return UpdateError::no_space;
}

void KeyFiles::say(const std::string& path, std::string_view reason) {
  log_.write(port::LogLevel::error, "keys", path + ": " + std::string{reason});
}

}  // namespace airlift::device
