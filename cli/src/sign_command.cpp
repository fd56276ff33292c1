#include "sign_command.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <ctime>
#include <map>
#include <set>

#include "airlift/base/endian.hpp"
#include "airlift/codec/text.hpp"
#include "command_failure.hpp"
#include "progress.hpp"

namespace airlift::cli {
namespace {

using image::Trailer;

constexpr auto manifest_group{"Manifest (format airlift)"};

constexpr auto sign_examples{R"(Examples:
  airlift sign --key release.pem --version 1.4.0 app.bin              makes app.bin.signed
  airlift sign --key release.pem --version 1.4.0 --board devding-2 --counter 3 --compress app.bin
  airlift sign --format esp8266 --key esp8266.pem sketch.bin          as signing.py does
  airlift sign --format esp32 --key esp32.pem --digest sha384 sketch.bin    as bin_signing.py does

A key's passphrase is taken from --passphrase-file, else AIRLIFT_PASSPHRASE, else asked for. Exit
codes: 0 done, 1 refused (it is signed already, ...), 2 wrong options, 8 trouble on this computer.)"};

const std::map<std::string, Trailer::Format> formats{{"airlift", Trailer::Format::airlift},
                                                     {"esp8266", Trailer::Format::esp8266},
                                                     {"esp32", Trailer::Format::esp32}};
const std::map<std::string, image::Kind> kinds{{"firmware", image::Kind::firmware},
                                               {"filesystem", image::Kind::filesystem}};
const std::map<std::string, crypto::DigestKind> digests{{"sha256", crypto::DigestKind::sha256},
                                                        {"sha384", crypto::DigestKind::sha384},
                                                        {"sha512", crypto::DigestKind::sha512}};

template <typename T>
CLI::Validator one_of(const std::map<std::string, T>& names) {
  return CLI::Transformer(names).description("");
}

/// docs/design/image-format.md: versions and board ids.
std::string manifest_text_problem(const std::string& text) {
  if (text.empty() || text.size() > image::longest_manifest_text || !codec::all_printable(text)) {
    return fmt::format("must be 1 to {} printable ASCII characters", image::longest_manifest_text);
  }
  return {};
}

const CLI::Validator manifest_text{manifest_text_problem, ""};

/// SOURCE_DATE_EPOCH (reproducible-builds.org) makes the same file of the same image.
std::uint64_t time_now_s() {
  const char* const fixed = std::getenv("SOURCE_DATE_EPOCH");
  if (fixed == nullptr) return static_cast<std::uint64_t>(std::time(nullptr));
  const std::string_view text{fixed};
  std::uint64_t value{0};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) {
    throw CLI::ValidationError{"SOURCE_DATE_EPOCH", "must be a number of seconds"};
  }
  return value;
}

std::uint64_t bundle_id(const std::string& name) {
  const crypto::Sha256Digest digest = crypto::sha256(as_bytes(name));
  return load_le32(digest.data()) | std::uint64_t{load_le32(digest.data() + 4)} << 32;
}

/// A key id, or the id of the public key in a file.
crypto::KeyId key_id_of(const std::string& id_or_path) {
  crypto::KeyId id{};
  return codec::from_hex(id_or_path, id) ? id : load_public_key(id_or_path).id();
}

std::set<crypto::KeyId> retired_keys(const std::vector<std::string>& texts, const PrivateKey& key) {
  std::set<crypto::KeyId> ids;
  for (const std::string& text : texts) ids.insert(key_id_of(text));
  if (ids.size() > image::most_retired_keys) {
    throw CLI::ValidationError{"--retire", fmt::format("at most {} keys", image::most_retired_keys)};
  }
  if (ids.count(key.public_key().id()) > 0) {
    throw CLI::ValidationError{"--retire",
                               "an image cannot retire the key it is signed with: use another key"};
  }
  return ids;
}

}  // namespace

SignCommand::SignCommand(CLI::App& app)
    : command_{*app.add_subcommand("sign", "Sign an image, in Airlift's format or an Arduino core's")} {
  command_.add_option("FILE", request_.input, "The image")->type_name("")->required();
  command_.add_option("--key", key_path_, "The private key (PEM)")->type_name("KEY")->required();
  command_.add_option("-o,--out", request_.output, "The signed file (default: FILE.signed)")
      ->type_name("OUT");
  command_.add_option("--format", request_.format, "airlift (default), esp8266 or esp32")
      ->type_name("FORMAT")
      ->transform(one_of(formats));
  command_.add_option("--digest", request_.esp32_digest, "esp32: sha256 (default), sha384 or sha512")
      ->type_name("DIGEST")
      ->transform(one_of(digests));
  command_
      .add_option_function<std::string>(
          "--passphrase-file", [this](const std::string& value) { passphrase_file_ = value; },
          "Take the key's passphrase from the first line of FILE")
      ->type_name("FILE");
  command_.add_flag("--compress", compress_, "Compress the image with gzip first");
  command_.add_flag("--resign", resign_, "Replace the signature FILE has already");
  command_.add_flag("--force", force_, "Sign FILE as it is although it seems to be signed");
  add_manifest_options();
  command_.footer(sign_examples);
}

void SignCommand::add_manifest_options() {
  const auto add = [](CLI::Option* option, const char* type_name) {
    return option->type_name(type_name)->group(manifest_group);
  };
  add(command_.add_option("--version", version_, "The image's version, as 1.4.0; required"), "TEXT")
      ->check(manifest_text);
  add(command_.add_option("--board", boards_, "A board id it is for; up to 8 times (default: any board)"),
      "ID")
      ->expected(1)
      ->take_all()
      ->check(manifest_text);
  add(command_.add_option("--kind", request_.manifest.kind, "firmware (default) or filesystem"), "KIND")
      ->transform(one_of(kinds));
  add(command_.add_option("--counter", request_.manifest.security_counter,
                          "Devices that confirmed a higher security counter refuse it"),
      "N");
  add(command_.add_option("--min-version", minimum_version_,
                          "The oldest version to update from (default: any)"),
      "TEXT")
      ->check(manifest_text);
  add(command_.add_option_function<std::uint64_t>(
          "--build-time", [this](std::uint64_t value) { build_time_s_ = value; },
          "Unix seconds (default: SOURCE_DATE_EPOCH, else now); 0: unknown"),
      "S");
  add(command_.add_option("--bundle", bundle_, "Firmware and filesystem of one NAME are switched together"),
      "NAME");
  add(command_.add_option("--retire", retired_,
                          "Public key file or id not trusted after this image; up to 4 times"),
      "KEY")
      ->expected(1)
      ->take_all();
}

void SignCommand::fill_manifest(const PrivateKey& key) {
  image::Manifest& manifest = request_.manifest;
  if (version_.empty()) throw CLI::ValidationError{"sign", "which version is it? Give --version TEXT"};
  const std::set<std::string> boards(boards_.begin(), boards_.end());
  if (boards.size() > image::most_boards) {
    throw CLI::ValidationError{"--board", fmt::format("at most {} boards", image::most_boards)};
  }
  manifest.version = std::string_view{version_};
  manifest.minimum_version = std::string_view{minimum_version_};
  for (const std::string& board : boards) {
    manifest.board_ids[manifest.board_count++] = std::string_view{board};
  }
  for (const crypto::KeyId& id : retired_keys(retired_, key)) {
    manifest.retired_key_ids[manifest.retired_count++] = id;
  }
  manifest.build_time_s = build_time_s_ ? *build_time_s_ : time_now_s();
  manifest.bundle_id = bundle_.empty() ? 0 : bundle_id(bundle_);
}

void SignCommand::require_no_manifest_options() const {
  for (const CLI::Option* option : command_.get_options()) {
    if (option->get_group() != manifest_group || option->count() == 0) continue;
    throw CLI::ValidationError{
        "sign", "--version, --board and so on are for a manifest, which only --format airlift has"};
  }
}

int SignCommand::run() {
  const bool airlift = request_.format == Trailer::Format::airlift;
  if (request_.output.empty()) request_.output = request_.input + ".signed";
  if (resign_ && force_) throw CLI::ValidationError{"sign", "either --resign or --force"};
  if (compress_) request_.compress = Compress::gzip;
  if (resign_) request_.signed_already = SignedAlready::replaced;
  if (force_) request_.signed_already = SignedAlready::kept;
  if (!airlift) require_no_manifest_options();
  if (request_.format != Trailer::Format::esp32 && command_.get_option("--digest")->count() > 0) {
    throw CLI::ValidationError{"--digest", "the other formats have one digest; it goes with --format esp32"};
  }
  const PrivateKey key = PrivateKey::load(
      key_path_, passphrase_source(key_path_, passphrase_file_, std::getenv("AIRLIFT_PASSPHRASE")));
  if (airlift) fill_manifest(key);
  const SignReport report = sign(request_, key);
  const bool gzip = report.compression == image::Compression::gzip;
  fmt::print(
      "{}: {}{}, signed ({}) with key {}\n", request_.output, size_text(report.payload_bytes),
      gzip ? fmt::format(" compressed from {}", size_text(static_cast<double>(report.image_bytes))) : "",
      name_of(request_.format), to_text(key.public_key().id()));
  return 0;
}

}  // namespace airlift::cli
