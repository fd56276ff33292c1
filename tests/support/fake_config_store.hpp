#pragma once
// Configuration files in memory. A text is right when it begins with `{`.

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "airlift/port/config_store.hpp"

namespace airlift::testing {

class FakeConfigStore final : public port::ConfigStore {
 public:
  static constexpr std::array<std::string_view, 2> names{"env.json", "config.json"};
  static constexpr std::uint32_t most_bytes{16384};

  [[nodiscard]] std::optional<File> file(std::size_t index) override {
    if (index >= names.size()) return std::nullopt;
    const auto& text = texts[index];
    return File{names[index], text.has_value(), text ? static_cast<std::uint32_t>(text->size()) : 0};
  }

  [[nodiscard]] Result<std::size_t> read(std::string_view name, std::uint32_t offset,
                                         MutableBytes into) override {
    const auto index = index_of(name);
    if (!index || !texts[*index]) return UpdateError::file_unreadable;
    const std::string& text = *texts[*index];
    const std::size_t from = std::min<std::size_t>(offset, text.size());
    const std::size_t count = std::min(into.size(), text.size() - from);
    std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(from), count, into.begin());
    return count;
  }

  [[nodiscard]] Status begin(std::string_view name, std::uint32_t size_bytes) override {
    cancel();
    const auto index = index_of(name);
    if (!index) return UpdateError::file_unreadable;
    if (size_bytes > most_bytes) return UpdateError::too_long;
    if (storage_fails) return UpdateError::storage_failed;
    open_ = index;
    return {};
  }

  [[nodiscard]] Status append(Bytes bytes) override {
    if (!open_ || storage_fails) return UpdateError::storage_failed;
    incoming_.append(as_text(bytes));
    return {};
  }

  [[nodiscard]] Status finish() override {
    if (!open_ || storage_fails) return UpdateError::storage_failed;
    const std::size_t index = *open_;
    const std::string text = incoming_;
    cancel();
    if (text.empty() || text.front() != '{') return UpdateError::bad_configuration;
    texts[index] = text;
    return {};
  }

  void cancel() override {
    open_.reset();
    incoming_.clear();
  }

  [[nodiscard]] std::string_view problem() const override { return "line 1: not an object"; }

  [[nodiscard]] Status remove(std::string_view name) override {
    const auto index = index_of(name);
    if (!index || !texts[*index]) return UpdateError::file_unreadable;
    if (storage_fails) return UpdateError::storage_failed;
    texts[*index].reset();
    return {};
  }

  [[nodiscard]] bool taking() const { return open_.has_value(); }

  std::array<std::optional<std::string>, 2> texts{"{}", "{}"};
  bool storage_fails{false};

 private:
  [[nodiscard]] static std::optional<std::size_t> index_of(std::string_view name) {
    const auto* const at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) return std::nullopt;
    return static_cast<std::size_t>(at - names.begin());
  }

  std::optional<std::size_t> open_;
  std::string incoming_;
};

}  // namespace airlift::testing
