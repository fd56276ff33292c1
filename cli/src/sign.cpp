#include "sign.hpp"

#include <fmt/format.h>

#include "airlift/base/endian.hpp"
#include "airlift/codec/gzip.hpp"
#include "airlift/image/esp_trailer.hpp"
#include "command_failure.hpp"
#include "examination.hpp"
#include "gzip_writer.hpp"

namespace airlift::cli {
namespace {

using image::Trailer;

CommandError unsuitable(const PrivateKey& key, Trailer::Format format, std::string_view advice) {
  return make_error(
      UpdateError::key_unreadable, Subject::key,
      fmt::format("the {} format cannot be signed with {}", name_of(format), describe_type(key.public_key())),
      advice);
}

void require_suitable(const PrivateKey& key, Trailer::Format format) {
  const crypto::KeyType type = key.public_key().type();
  if (format == Trailer::Format::airlift && type != crypto::KeyType::ed25519) {
    throw unsuitable(key, format, "Give an Ed25519 key, or choose --format esp8266 or esp32.");
  }
  if (format == Trailer::Format::esp8266 && type != crypto::KeyType::rsa) {
    throw unsuitable(key, format, "Give an RSA key: airlift keygen --type rsa2048.");
  }
  if (format == Trailer::Format::esp32 && type == crypto::KeyType::ed25519) {
    throw unsuitable(key, format, "Give an RSA or EC key: airlift keygen --type p256.");
  }
}

/// How many bytes of the input are to be signed: not those of an older signature that is replaced.
std::uint32_t bytes_to_sign(const SignRequest& request, const crypto::PublicKey& key) {
  const Examination input = examine(request.input, {{"the key given", key}});
  // What fits an RSA key may be anything, so only a right signature counts as ESP32's.
  const bool is_signed =
      input.format != Trailer::Format::none && (input.format != Trailer::Format::esp32 || input.verified());
  if (!is_signed || request.signed_already == SignedAlready::kept) return input.survey.file_bytes;
  if (request.signed_already == SignedAlready::refused) {
    throw make_error(UpdateError::refused, Subject::signature,
                     fmt::format("{} seems to be signed already ({})", request.input, name_of(input.format)),
                     "Replace that signature with --resign; or, when it is none, sign the file as it is with "
                     "--force.");
  }
  if (input.trailer_bytes == 0) {
    throw make_error(input.verdict, Subject::signature,
                     fmt::format("the signature of {} is too damaged to be replaced", request.input),
                     "Sign the image as it was before it was signed.");
  }
  return input.survey.payload_bytes;
}

void copy(ImageFile& file, std::uint32_t size_bytes, OutputFile& output, Meter& meter) {
  meter.begin(size_bytes);
  file.read(0, size_bytes, [&](Bytes bytes) {
    output.write(bytes);
    meter.advance(bytes.size());
  });
}

void write_payload(const SignRequest& request, const PrivateKey& key, OutputFile& output, Meter& meter) {
  const std::uint32_t size_bytes = bytes_to_sign(request, key.public_key());
  ImageFile input{request.input};
  const bool already = codec::is_gzip(input.piece(0, 2));
  if (request.compress == Compress::gzip && !already) {
    compress(input, size_bytes, output, meter);
  } else {
    copy(input, size_bytes, output, meter);
  }
}

Signature airlift_trailer(image::Manifest manifest, const Survey& survey, const PrivateKey& key) {
  manifest.compression = survey.compression;
  manifest.payload_bytes = survey.payload_bytes;
  manifest.payload_sha256 = survey.payload_sha256;
  manifest.image_bytes = static_cast<std::uint32_t>(survey.image_bytes);
  manifest.image_sha256 = survey.image_sha256;
  Signature trailer(image::longest_manifest_bytes);
  const std::size_t size = image::encode_manifest(manifest, {trailer.data(), trailer.size()});
  if (size == 0) {
    throw make_error(UpdateError::manifest_damaged, Subject::signature, "the manifest breaks a rule",
                     "Check the options; docs/design/image-format.md states the rules.");
  }
  trailer.resize(size);
  const Signature signature = key.sign_ed25519({trailer.data(), trailer.size()});
  const auto footer = image::encode_footer(key.public_key().id(), size, manifest.image_bytes);
  trailer.insert(trailer.end(), signature.begin(), signature.end());
  trailer.insert(trailer.end(), footer.begin(), footer.end());
  return trailer;
}

Signature esp8266_trailer(const Survey& survey, const PrivateKey& key) {
  Signature trailer = key.sign_rsa_pkcs1_sha256(survey.payload_sha256);
  std::array<std::uint8_t, 4> size{};
  store_le32(size.data(), static_cast<std::uint32_t>(trailer.size()));
  trailer.insert(trailer.end(), size.begin(), size.end());
  return trailer;
}

Signature esp32_trailer(const Survey& survey, crypto::DigestKind digest, const PrivateKey& key) {
  Signature trailer = key.sign_esp32(digest, survey.payload_digest(digest));
  trailer.resize(image::esp32_trailer_bytes);
  return trailer;
}

Signature trailer_for(const SignRequest& request, const Survey& survey, const PrivateKey& key) {
  switch (request.format) {
    case Trailer::Format::airlift:
      return airlift_trailer(request.manifest, survey, key);
    case Trailer::Format::esp8266:
      return esp8266_trailer(survey, key);
    case Trailer::Format::esp32:
      return esp32_trailer(survey, request.esp32_digest, key);
    case Trailer::Format::none:
      break;
  }
  return {};
}

void require_unpackable(const Survey& survey, const std::string& path) {
  if (survey.unpacking == UpdateError::none) return;
  throw make_error(
      survey.unpacking, Subject::file,
      fmt::format("{} is compressed, but cannot be unpacked: {}", path, describe(survey.unpacking).text));
}

}  // namespace

SignReport sign(const SignRequest& request, const PrivateKey& key) try {
  require_suitable(key, request.format);
  OutputFile output{request.output, 0666, Existing::replaced};
  Meter meter;
  write_payload(request, key, output, meter);
  // What has been written is what is signed, whatever happens to the input meanwhile.
  ImageFile written{output.written_path()};
  const Digests digests = request.format == Trailer::Format::esp32 ? Digests::all : Digests::usual;
  const Survey facts = survey(written, written.size_bytes(), digests, meter);
  require_unpackable(facts, request.input);
  const Signature trailer = trailer_for(request, facts, key);
  output.write({trailer.data(), trailer.size()});
  output.commit();
  return {facts.compression, facts.image_bytes, facts.payload_bytes, trailer.size()};
} catch (const FileError& error) {
  throw make_error(UpdateError::file_unreadable, Subject::file, error.message);
}

}  // namespace airlift::cli
