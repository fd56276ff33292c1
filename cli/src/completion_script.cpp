#include "completion_script.hpp"

#include <fmt/format.h>

#include <string_view>

namespace airlift::cli {
namespace {

// The first column of the table that `airlift discover` prints ends at two blanks.
constexpr std::string_view list_devices{"airlift discover --timeout 1 2>/dev/null | sed '1d;s/  .*//'"};

std::string_view function_of(WordKind kind) {
  switch (kind) {
    case WordKind::other:
      return ":";
    case WordKind::file:
      return "_airlift_files";
    case WordKind::device:
      return "_airlift_devices";
  }
  return ":";
}

/// For use within single quotes. `escaped` gets a backslash in front.
std::string quoted(std::string_view text, std::string_view escaped = "") {
  std::string result;
  for (const char c : text) {
    if (c == '\'') {
      result += R"('\'')";
      continue;
    }
    if (escaped.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
  return fmt::format("{}", fmt::join(words, separator));
}

/// Rows of a `case` that call what completes the value of an option, for both bash and zsh.
std::string value_cases(const CompletedCommand& command) {
  std::string text;
  for (const CompletedOption& option : command.options) {
    if (!option.takes_value) continue;
    std::vector<std::string> patterns;
    for (const std::string& name : option.names)
      patterns.push_back(fmt::format("'{} {}'", command.name, name));
    text += fmt::format("    {}) {}; return ;;\n", joined(patterns, " | "), function_of(option.value));
  }
  return text;
}

constexpr std::string_view bash_template{
    R"sh(# bash completion for airlift, made by `airlift completion bash`.
_airlift_words() {{ mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }}
_airlift_files() {{
  mapfile -t COMPREPLY < <(compgen -f -- "$cur")
  compopt -o filenames 2>/dev/null
}}
_airlift_devices() {{
  local name
  # Not by compgen -W, which would expand what strangers call their devices.
  while IFS= read -r name; do
    [[ $name != "$cur"* ]] || COMPREPLY+=("$(printf %q "$name")")
  done < <({devices})
}}
_airlift() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}
  COMPREPLY=()
  # --file=app.bin arrives as three words.
  if [[ $cur == = ]]; then cur=''; elif [[ $previous == = ]]; then previous=${{COMP_WORDS[COMP_CWORD - 2]}}; fi
  ((COMP_CWORD > 1)) || {{ _airlift_words '{commands} --help --version'; return; }}
  case "${{COMP_WORDS[1]}} $previous" in
{values}  esac
  case ${{COMP_WORDS[1]}} in
{options}  esac
}}
complete -F _airlift airlift
)sh"};

constexpr std::string_view zsh_template{R"sh(#compdef airlift
# zsh completion for airlift, made by `airlift completion zsh`.
_airlift_files() {{ _files }}
_airlift_devices() {{
  local -a names=("${{(@f)$({devices})}}")
  compadd -a names
}}
_airlift() {{
  local -a commands=(
{commands}  ) options
  if ((CURRENT == 2)); then _describe command commands; return; fi
  case "$words[2] $words[CURRENT-1]" in
{values}  esac
  case $words[2] in
{options}  esac
}}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _airlift "$@"; else compdef _airlift airlift; fi
)sh"};

}  // namespace

std::string bash_completion(const std::vector<CompletedCommand>& commands) {
  std::vector<std::string> names;
  std::string values;
  std::string options;
  for (const CompletedCommand& command : commands) {
    names.push_back(command.name);
    values += value_cases(command);
    std::vector<std::string> words;
    for (const CompletedOption& option : command.options) words.push_back(joined(option.names, " "));
    options += fmt::format("    {}) if [[ $cur == -* ]]; then _airlift_words '{}'; else {}; fi ;;\n",
                           command.name, joined(words, " "), function_of(command.argument));
  }
  return fmt::format(bash_template, fmt::arg("devices", list_devices),
                     fmt::arg("commands", joined(names, " ")), fmt::arg("values", values),
                     fmt::arg("options", options));
}

std::string zsh_completion(const std::vector<CompletedCommand>& commands) {
  std::string names;
  std::string values;
  std::string options;
  for (const CompletedCommand& command : commands) {
    names += fmt::format("    '{}:{}'\n", command.name, quoted(command.description, ":\\"));
    values += value_cases(command);
    options += fmt::format("    {}) options=(\n", command.name);
    for (const CompletedOption& option : command.options) {
      for (const std::string& name : option.names)
        options += fmt::format("      '{}:{}'\n", name, quoted(option.description, ":\\"));
    }
    options +=
        fmt::format("      )\n      if [[ $PREFIX == -* ]]; then _describe option options; else {}; fi ;;\n",
                    function_of(command.argument));
  }
  return fmt::format(zsh_template, fmt::arg("devices", list_devices), fmt::arg("commands", names),
                     fmt::arg("values", values), fmt::arg("options", options));
}

std::string fish_completion(const std::vector<CompletedCommand>& commands) {
  const auto words = [](WordKind kind) -> std::string_view {
    if (kind == WordKind::device) return " -a '(__airlift_devices)'";
    return kind == WordKind::file ? " -F" : "";
  };
  std::string text = fmt::format(
      "# fish completion for airlift, made by `airlift completion fish`.\n"
      "function __airlift_devices; {}; end\ncomplete -c airlift -f\n",
      list_devices);
  for (const CompletedCommand& command : commands) {
    const std::string chosen =
        fmt::format("complete -c airlift -n '__fish_seen_subcommand_from {}'", command.name);
    text += fmt::format("complete -c airlift -n __fish_use_subcommand -a {} -d '{}'\n", command.name,
                        quoted(command.description, "\\"));
    if (command.argument != WordKind::other) text += chosen + std::string{words(command.argument)} + "\n";
    for (const CompletedOption& option : command.options) {
      text += chosen;
      for (const std::string& name : option.names)
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (option.takes_value) text += fmt::format(" -r{}", words(option.value));
      text += fmt::format(" -d '{}'\n", quoted(option.description, "\\"));
    }
  }
  return text;
}

}  // namespace airlift::cli
