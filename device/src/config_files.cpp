#include "config_files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "airlift/element/secret_setting.hpp"
#include "airlift/http/limits.hpp"
#include "airlift_posix/replace_file.hpp"
#include "config_reader.hpp"
#include "config_secrets.hpp"

namespace airlift::device {
namespace {

std::optional<std::size_t> index_of(std::string_view name) {
  const auto* const found = std::find(config_file_names.begin(), config_file_names.end(), name);
  if (found == config_file_names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - config_file_names.begin());
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

/// Nothing when there is no file or it cannot be read; one byte more than parse_config() takes at most.
std::optional<std::string> text_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return std::nullopt;
  std::string text(longest_config_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return std::nullopt;
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

/// Only when it can be understood: else a password could not be found in it.
std::optional<std::string> understood_text_of(const std::string& path) {
  auto text = text_of(path);
  return text && !parse_config(*text).error ? std::move(text) : std::nullopt;
}

}  // namespace

void ConfigFiles::begin_run(LastRun last_run) {
  for (std::size_t i = 0; i < changes_.size(); ++i) changes_[i] = {exists(previous_path_of(i)), false};
  if (last_run == LastRun::good && all_readable()) return;
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (changes_[i].on_trial) put_back(i);
  }
}

void ConfigFiles::ran_well() {
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (!changes_[i].on_trial || changes_[i].made) continue;
    changes_[i].on_trial = false;
    if (!posix::remove_file(previous_path_of(i))) (void)storage_failure(previous_path_of(i));
  }
}

bool ConfigFiles::all_readable() const {
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (read_config(path_of(i)).error) return false;
  }
  return true;
}

void ConfigFiles::put_back(std::size_t index) {
  const std::string path = path_of(index);
  const std::string previous = previous_path_of(index);
  // An empty file stands for none: see keep_previous().
  std::error_code unknown_size;
  const bool there_was_none = std::filesystem::file_size(previous, unknown_size) == 0;
  const bool done = there_was_none
                        ? (!exists(path) || posix::remove_file(path)) && posix::remove_file(previous)
                        : std::rename(previous.c_str(), path.c_str()) == 0;
  if (!done) return (void)storage_failure(path);
  changes_[index].on_trial = false;
  log_.write(port::LogLevel::error, "config",
             std::string{config_file_names[index]} +
                 ": the device did not run well with the new one; the one before is back");
}

std::optional<port::ConfigStore::File> ConfigFiles::file(std::size_t index) {
  if (index >= config_file_names.size()) return std::nullopt;
  struct stat found {};
  const bool there = ::stat(path_of(index).c_str(), &found) == 0;
  return File{config_file_names[index], there, there ? static_cast<std::uint32_t>(found.st_size) : 0};
}

Result<std::size_t> ConfigFiles::read(std::string_view name, std::uint32_t offset, MutableBytes into) {
  const auto index = index_of(name);
  const auto text = index ? understood_text_of(path_of(*index)) : std::nullopt;
  if (!text) return UpdateError::file_unreadable;
  const std::string shown = hide_secrets(*text);
  const std::string_view rest = std::string_view{shown}.substr(std::min<std::size_t>(offset, shown.size()));
  const std::string_view piece = rest.substr(0, into.size());
  std::copy(piece.begin(), piece.end(), into.begin());
  return piece.size();
}

Status ConfigFiles::begin(std::string_view name, std::uint32_t size_bytes) {
  cancel();
  const auto index = index_of(name);
  if (!index) return UpdateError::file_unreadable;
  if (size_bytes > http::most_file_bytes) return UpdateError::too_long;
  if (::access(directory_.c_str(), W_OK) != 0) return storage_failure(directory_);
  taking_ = index;
  return {};
}

Status ConfigFiles::append(Bytes bytes) {
  if (!taking_) return UpdateError::storage_failed;
  text_.append(as_text(bytes));
  return {};
}

Status ConfigFiles::finish() {
  if (!taking_) return UpdateError::storage_failed;
  const std::size_t index = *taking_;
  const std::string text = std::exchange(text_, {});
  cancel();
  if (const auto error = parse_config(text).error) return refuse(to_text(*error, config_file_names[index]));
  const std::string path = path_of(index);
  const auto whole = restore_secrets(text, understood_text_of(path).value_or("{}"));
  if (!whole) {
    return refuse(std::string{config_file_names[index]} + ": there is no password that " +
                  std::string{element::hidden_secret} + " could stand for");
  }
  if (const Status kept = keep_previous(index); !kept.ok()) return kept;
  if (!posix::replace_file(path, *whole)) return storage_failure(path);
  changes_[index].made = true;
  return {};
}

void ConfigFiles::cancel() {
  taking_.reset();
  text_.clear();
}

Status ConfigFiles::remove(std::string_view name) {
  const auto index = index_of(name);
  if (!index || !exists(path_of(*index))) return UpdateError::file_unreadable;
  if (const Status kept = keep_previous(*index); !kept.ok()) return kept;
  if (!posix::remove_file(path_of(*index))) return storage_failure(path_of(*index));
  changes_[*index].made = true;
  return {};
}

std::string ConfigFiles::path_of(std::size_t index) const {
  return directory_ + "/" + std::string{config_file_names[index]};
}

std::string ConfigFiles::previous_path_of(std::size_t index) const {
  return path_of(index) + ".previous";
}

/// While a change is on trial, or waits for that, there is one already: that with which the device ran well.
Status ConfigFiles::keep_previous(std::size_t index) {
  const std::string path = previous_path_of(index);
  if (exists(path)) return {};
  const auto text = text_of(path_of(index));
  if (!text && exists(path_of(index))) return storage_failure(path_of(index));
  return posix::replace_file(path, text.value_or("")) ? Status{} : storage_failure(path);
}

Status ConfigFiles::refuse(std::string problem) {
  problem_ = std::move(problem);
  return UpdateError::bad_configuration;
}

Status ConfigFiles::storage_failure(const std::string& path) {
  log_.write(port::LogLevel::error, "config", path + ": " + std::strerror(errno));
  return UpdateError::storage_failed;
}

}  // namespace airlift::device
