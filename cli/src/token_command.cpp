#include "token_command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "airlift_posix/replace_file.hpp"
#include "airlift_posix/system_entropy.hpp"
#include "airlift_posix/unique_fd.hpp"
#include "airlift_server/layout.hpp"
#include "airlift_server/token_list.hpp"
#include "command_failure.hpp"
#include "hex_text.hpp"

namespace airlift::cli {
namespace {

namespace fs = std::filesystem;

constexpr auto token_examples{R"(Examples:
  airlift token tokens.txt kitchen                 for the device kitchen: 40 hex digits, shown once
  airlift token tokens.txt kitchen --replace       a new one; the old one no longer counts
  airlift token tokens.txt kitchen --remove
  airlift serve updates --tokens tokens.txt

FILE holds only names and SHA-256 digests. Exit codes: 0 done, 2 wrong options, 8 trouble on this
computer (the name has a token already, there is none to remove, FILE is something else, ...).)"};

CommandError trouble(const std::string& path, std::string_view what, std::string_view advice) {
  return make_error(UpdateError::storage_failed, Subject::output, fmt::format("{}: {}", path, what), advice);
}

/// Keeps other runs away from the file, which is replaced as a whole: so its folder is locked.
posix::UniqueFd locked_folder_of(const fs::path& file) {
  posix::UniqueFd fd{open(fs::absolute(file).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd || flock(fd.get(), LOCK_EX) != 0)
    throw trouble(file.string(), std::strerror(errno), "Check that its folder is there.");
  return fd;
}

/// Empty when the file is not there.
std::string text_in(const fs::path& file) {
  errno = 0;
  std::ifstream stream{file, std::ios::binary};
  if (!stream && errno == ENOENT) return {};
  if (!stream || !fs::is_regular_file(file))
    throw trouble(file.string(), errno != 0 ? std::strerror(errno) : "not a regular file",
                  "Give a file that this user may read.");
  return {std::istreambuf_iterator<char>{stream}, {}};
}

void write(const fs::path& file, std::string_view text) {
  if (!posix::replace_file(file.string(), text))
    throw trouble(file.string(), std::strerror(errno), "Check that its folder may be written to.");
}

std::string new_token() {
  constexpr std::size_t token_bytes{20};
  std::array<std::uint8_t, token_bytes> random{};
  if (!posix::SystemEntropy{}.fill(random).ok()) {
    throw make_error(UpdateError::no_entropy, Subject::output, "no random numbers from the system");
  }
  return hex(random);
}

/// Whether `name` is in it. Throws when `airlift serve` would refuse the file.
bool has_token(std::string_view text, const std::string& name, const std::string& path) {
  std::size_t wrong_line{0};
  const auto tokens = server::parse_tokens(text, wrong_line);
  if (!tokens) {
    throw trouble(path, fmt::format("line {} is not `<name> <SHA-256 of the token>`", wrong_line),
                  "Check that it is the right file; a comment begins with #.");
  }
  return std::any_of(tokens->begin(), tokens->end(),
                     [&name](const server::Token& each) { return each.name == name; });
}

/// Whoever reads standard output gets the token and nothing else; people read around it.
void show(const std::string& token, const std::string& name) {
  fmt::print(stderr,
             "token of {} (160 random bits as 40 hex digits), shown this once; it belongs into the device's\n"
             "update element as \"auth\": \"<token>\":\n",
             name);
  fmt::print("{}\n", token);
  if (std::fflush(stdout) != 0) {
    throw trouble("standard output", std::strerror(errno),
                  "Nobody has seen the token: make a new one with --replace.");
  }
}

}  // namespace

TokenCommand::TokenCommand(CLI::App& app)
    : command_{*app.add_subcommand("token", "Make a device's token for airlift serve")} {
  command_.add_option("FILE", file_, "The file of tokens; made when it is missing")
      ->type_name("")
      ->required();
  command_.add_option("NAME", name_, "The device: letters, digits, '-', '_' and '.'")
      ->type_name("")
      ->required();
  CLI::Option* const replace =
      command_.add_flag("--replace", replace_, "Make a new token for a NAME that has one");
  command_.add_flag("--remove", remove_, "Take NAME's token out")->excludes(replace);
  command_.footer(token_examples);
}

int TokenCommand::run() const {
  if (!server::is_folder_name(name_)) {
    throw CLI::ValidationError{"NAME", "1 to 64 letters, digits, '-', '_' and '.', not beginning with '.'"};
  }
  // Where a symbolic link leads: the link stays.
  const fs::path file = fs::weakly_canonical(file_);
  const posix::UniqueFd lock = locked_folder_of(file);
  const std::string text = text_in(file);
  const bool there = has_token(text, name_, file_);
  if (remove_) {
    if (!there) throw trouble(file_, fmt::format("no token of {} is in it", name_), "Check the name.");
    write(file, server::without_token(text, name_));
    fmt::print("{}: the token of {} is taken out\n", file_, name_);
    return 0;
  }
  if (there && !replace_) {
    throw trouble(file_, fmt::format("{} has a token already", name_),
                  "--replace makes a new one: the device then needs it, too.");
  }
  const std::string token = new_token();
  write(file, server::with_token(text, name_, crypto::sha256(as_bytes(token))));
  show(token, name_);
  return 0;
}

}  // namespace airlift::cli
