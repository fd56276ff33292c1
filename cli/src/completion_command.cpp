#include "completion_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace airlift::cli {
namespace {

constexpr auto completion_examples{R"(Examples:
  source <(airlift completion bash)                                         in this shell
  airlift completion bash > ~/.local/share/bash-completion/completions/airlift
  airlift completion zsh > ~/.zfunc/_airlift                                a folder of your fpath
  airlift completion fish > ~/.config/fish/completions/airlift.fish

Names of devices are looked for in the network for one second. Exit codes: 0, or 2 wrong options.)"};

/// Told by how the help calls the value.
WordKind kind_of_value(const CLI::Option& option) {
  constexpr std::array files{"FILE", "KEY.pem", "KEY", "PUB", "OUT"};
  if (option.check_lname("ip")) return WordKind::device;
  const std::string type = option.get_type_name();
  const bool is_file = std::find(files.begin(), files.end(), type) != files.end();
  return is_file ? WordKind::file : WordKind::other;
}

/// One kind for all arguments of a command: files, when one of them is a file or a folder.
WordKind kind_of_argument(const CLI::Option& option, WordKind before) {
  constexpr std::array files{"FILE", "DIR", "IMAGE"};
  const std::string name = option.get_name(true);
  if (before == WordKind::file || std::find(files.begin(), files.end(), name) != files.end())
    return WordKind::file;
  return name == "NAME" ? WordKind::device : before;
}

CompletedOption completed(const CLI::Option& option) {
  CompletedOption result;
  for (const std::string& name : option.get_snames()) result.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) result.names.push_back("--" + name);
  result.description = option.get_description();
  result.takes_value = option.get_items_expected_max() > 0;
  result.value = kind_of_value(option);
  return result;
}

}  // namespace

std::vector<CompletedCommand> completed_commands(const CLI::App& app) {
  std::vector<CompletedCommand> result;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    CompletedCommand& added = result.emplace_back();
    added.name = command->get_name();
    added.description = command->get_description();
    for (const CLI::Option* option : command->get_options()) {
      if (option->get_positional())
        added.argument = kind_of_argument(*option, added.argument);
      else if (!option->get_group().empty())
        added.options.push_back(completed(*option));
    }
  }
  return result;
}

CompletionCommand::CompletionCommand(CLI::App& app)
    : command_{*app.add_subcommand("completion", "Print a script that completes commands in your shell")} {
  command_.add_option("SHELL", shell_, "bash, zsh or fish")
      ->type_name("")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""));
  command_.footer(completion_examples);
}

int CompletionCommand::run() const {
  const std::vector<CompletedCommand> commands = completed_commands(*command_.get_parent());
  if (shell_ == "bash") fmt::print("{}", bash_completion(commands));
  if (shell_ == "zsh") fmt::print("{}", zsh_completion(commands));
  if (shell_ == "fish") fmt::print("{}", fish_completion(commands));
  return 0;
}

}  // namespace airlift::cli
