#include "keygen_command.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "output_file.hpp"

namespace airlift::cli {
namespace {

constexpr auto keygen_examples{R"(Examples:
  airlift keygen -o release.pem --passphrase       for Airlift devices; asks for the passphrase
  airlift keygen --type rsa2048 -o esp8266.pem     for sketches of the ESP8266 core
  airlift keygen --type p256 -o esp32.pem          for sketches of the ESP32 core

Keep the private key off the devices and out of version control; the public key (.pub.pem) goes to
the devices. Exit codes: 0 done, 2 wrong options, 8 trouble on this computer (a file exists, ...).)"};

const std::map<std::string, NewKeyType> types{
    {"ed25519", NewKeyType::ed25519}, {"rsa2048", NewKeyType::rsa2048}, {"rsa3072", NewKeyType::rsa3072},
    {"rsa4096", NewKeyType::rsa4096}, {"p256", NewKeyType::p256},       {"p384", NewKeyType::p384},
};

}  // namespace

KeygenCommand::KeygenCommand(CLI::App& app)
    : command_{*app.add_subcommand("keygen", "Make a key for signing images")} {
  command_.add_option("--type", type_, "ed25519 (default), rsa2048, rsa3072, rsa4096, p256 or p384")
      ->type_name("TYPE")
      ->transform(CLI::Transformer(types).description(""));
  command_.add_option("-o,--out", path_, "The private key (default: airlift-key.pem); public: KEY.pub.pem")
      ->type_name("KEY.pem");
  command_.add_flag("--passphrase", ask_, "Protect the key; asks for the passphrase twice");
  command_
      .add_option_function<std::string>(
          "--passphrase-file", [this](const std::string& value) { passphrase_file_ = value; },
          "Protect the key by the first line of FILE")
      ->type_name("FILE");
  command_.add_flag("--force", force_, "Replace files that exist: a replaced key is lost");
  command_.footer(keygen_examples);
}

Secret KeygenCommand::passphrase() const {
  if (passphrase_file_) return passphrase_in_file(*passphrase_file_);
  if (ask_) return passphrase_from_terminal(fmt::format("Passphrase for {}: ", path_), Prompt::twice);
  return Secret{};
}

int KeygenCommand::run() const {
  if (ask_ && passphrase_file_)
    throw CLI::ValidationError{"keygen", "either --passphrase or --passphrase-file"};
  const Existing existing = force_ ? Existing::replaced : Existing::refused;
  const std::string public_path = public_key_path(path_);
  // Both files are there before anybody is asked and before the work is done, and go again if it fails.
  OutputFile private_file{path_, 0600, existing};
  OutputFile public_file{public_path, 0644, existing};
  const Secret secret = passphrase();
  const PrivateKey key = PrivateKey::generate(type_);
  private_file.write(as_bytes(key.to_pem(secret).text()));
  public_file.write(as_bytes(key.public_pem()));
  private_file.commit();
  public_file.commit();
  const std::string_view advice =
      secret.text().empty() ? " (no passphrase: whoever has the file can sign)" : "";
  fmt::print("private key  {}{}\npublic key   {}\n", path_, advice, public_path);
  fmt::print("type         {}\nid           {}\n", describe_type(key.public_key()),
             to_text(key.public_key().id()));
  fmt::print(
      "\nOn each device, copy {0} into the configuration directory and add to its ota element:\n"
      "  \"keys\": \"{0}\"\n",
      std::filesystem::path{public_path}.filename().string());
  return 0;
}

std::string public_key_path(std::string path) {
  constexpr std::string_view ending{".pem"};
  if (path.ends_with(ending)) path.resize(path.size() - ending.size());
  return path + ".pub.pem";
}

}  // namespace airlift::cli
