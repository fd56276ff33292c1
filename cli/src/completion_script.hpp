#pragma once
// Scripts that complete airlift's command line in a shell.

#include <cstdint>
#include <string>
#include <vector>

namespace airlift::cli {

/// What a word of the command line stands for.
enum class WordKind : std::uint8_t { other, file, device };

struct CompletedOption {
  std::vector<std::string> names;  ///< "-f", "--file"
  std::string description;
  bool takes_value{false};
  WordKind value{WordKind::other};
};

struct CompletedCommand {
  std::string name;
  std::string description;
  std::vector<CompletedOption> options;
  WordKind argument{WordKind::other};  ///< of what stands without an option
};

/// To be sourced, or put where the shell looks for completions. Names of devices are asked of the network,
/// for about a second; they come from strangers and never pass through an expansion of the shell.
[[nodiscard]] std::string bash_completion(const std::vector<CompletedCommand>& commands);
[[nodiscard]] std::string zsh_completion(const std::vector<CompletedCommand>& commands);
[[nodiscard]] std::string fish_completion(const std::vector<CompletedCommand>& commands);

}  // namespace airlift::cli
