#include "verify_command.hpp"

#include <fmt/format.h>

#include "command_failure.hpp"
#include "examination.hpp"
#include "hex_text.hpp"
#include "key_file.hpp"

namespace airlift::cli {
namespace {

constexpr auto verify_examples{R"(Examples:
  airlift verify --key airlift-key.pub.pem app.bin.signed
  airlift verify --key old.pub.pem --key new.pub.pem --json app.bin.signed

Judges as a device does that trusts these keys; board, version and counter are left to the device.
ESP32 signatures are tried with every digest. Exit codes: 0 verified, 1 not, 2 wrong options, 8 a
file cannot be read.)"};

/// What the signature vouches for.
std::string scope(const Examination& examination) {
  const Survey& survey = examination.survey;
  const std::string payload =
      fmt::format("{} bytes, SHA-256 {}", survey.payload_bytes, hex(survey.payload_sha256));
  if (!examination.manifest) return fmt::format("payload {}; no manifest", payload);
  return fmt::format("{} {}, payload {}", name_of(examination.manifest->kind),
                     examination.manifest->version.view(), payload);
}

}  // namespace

VerifyCommand::VerifyCommand(CLI::App& app)
    : command_{*app.add_subcommand("verify", "Check the signature of an image")} {
  command_.add_option("FILE", file_, "The signed image")->type_name("")->required();
  command_.add_option("--key", keys_, "Public key to trust (PEM); may be given up to 8 times")
      ->type_name("PUB")
      ->expected(1)
      ->take_all()
      ->required();
  command_.add_flag("--json", json_, "Print the result as one JSON object on standard output");
  command_.footer(verify_examples);
}

int VerifyCommand::run() const try { return verify(); } catch (const CommandError& error) {
  if (!json_) throw;
  fmt::print("{}\n", to_json(error.failure, file_));
  return exit_code_of(error.failure);
}

int VerifyCommand::verify() const {
  const Examination examination = examine(file_, load_keys(keys_));
  if (json_) {
    fmt::print("{}\n", verdict_json(examination));
  } else if (examination.verified()) {
    fmt::print("{}: {}\n  key {} signed {}\n", file_, verdict_text(examination), to_text(*examination.key_id),
               scope(examination));
  } else {
    print_failure(make_error(examination.verdict, Subject::signature,
                             fmt::format("{}: {}", file_, verdict_text(examination)))
                      .failure);
  }
  return examination.verified() ? 0 : 1;
}

}  // namespace airlift::cli
