#pragma once
// Everything that can be told about an image file: what `airlift verify` judges and `airlift inspect` shows.

#include <optional>
#include <string>
#include <vector>

#include "airlift/image/trailer.hpp"
#include "survey.hpp"

namespace airlift::cli {

/// A public key and the file it came from.
struct NamedKey {
  std::string path;
  crypto::PublicKey key;
};

struct Examination {
  std::string path;
  Survey survey;

  /// `esp8266` without keys: the last bytes look so.
  image::Trailer::Format format{image::Trailer::Format::none};
  std::size_t trailer_bytes{0};
  std::optional<image::Manifest> manifest;  ///< whenever it can be read, whoever signed it
  std::optional<crypto::KeyId> key_id;      ///< of the key that signed; Airlift's format says it unverified

  /// What a device with these keys would say: none, it is verified; no_trusted_key: no keys were given.
  UpdateError verdict{UpdateError::none};
  std::string key_path;                                         ///< verified: the file of the key
  crypto::DigestKind esp32_digest{crypto::DigestKind::sha256};  ///< verified, esp32: which one was signed

  [[nodiscard]] bool verified() const { return verdict == UpdateError::none; }
};

/// Reads the keys of `paths`. Throws CommandError.
[[nodiscard]] std::vector<NamedKey> load_keys(const std::vector<std::string>& paths);

/// Throws CommandError when the file cannot be read.
[[nodiscard]] Examination examine(const std::string& path, const std::vector<NamedKey>& keys);

/// What is odd about the file, in whole sentences, for people.
[[nodiscard]] std::vector<std::string> notes_on(const Examination& examination);

/// The verdict in one sentence without a full stop, the file's name not in it.
[[nodiscard]] std::string verdict_text(const Examination& examination);

// The reports: lines of text; one JSON object on one line, docs/cli.md lists its keys.

[[nodiscard]] std::string inspection_text(const Examination& examination);
[[nodiscard]] std::string inspection_json(const Examination& examination);
[[nodiscard]] std::string verdict_json(const Examination& examination);

}  // namespace airlift::cli
