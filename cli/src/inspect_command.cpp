#include "inspect_command.hpp"

#include <fmt/format.h>

#include "command_failure.hpp"
#include "examination.hpp"

namespace airlift::cli {
namespace {

constexpr auto inspect_examples{R"(Examples:
  airlift inspect app.bin.signed
  airlift inspect --key airlift-key.pub.pem app.bin.signed      is the signature right, too?
  airlift inspect --json app.bin.gz | jq .image.sha256

An ESP32 signature can only be told from an image with its key. Exit codes: 0 the file was read,
whatever it is (`airlift verify` judges), 2 wrong options, 8 a file cannot be read.)"};

}  // namespace

InspectCommand::InspectCommand(CLI::App& app)
    : command_{*app.add_subcommand("inspect", "Explain an image: kind, digests, signature, manifest")} {
  command_.add_option("FILE", file_, "The image")->type_name("")->required();
  command_.add_option("--key", keys_, "Public key to check the signature with (PEM); up to 8 times")
      ->type_name("PUB")
      ->expected(1)
      ->take_all();
  command_.add_flag("--json", json_, "Print one JSON object on standard output");
  command_.footer(inspect_examples);
}

int InspectCommand::run() const try {
  const Examination examination = examine(file_, load_keys(keys_));
  fmt::print("{}", json_ ? inspection_json(examination) + "\n" : inspection_text(examination));
  return 0;
} catch (const CommandError& error) {
  if (!json_) throw;
  fmt::print("{}\n", to_json(error.failure, file_));
  return exit_code_of(error.failure);
}

}  // namespace airlift::cli
