#pragma once
// The elements a program has room for, by type. Places are the program's; configuration claims them.

#include <array>
#include <string_view>

#include "airlift/base/span.hpp"
#include "airlift/base/status.hpp"
#include "airlift/element/element.hpp"

namespace airlift::element {

/// When an element exists.
enum class Presence : std::uint8_t {
  when_configured,            ///< and not in bare mode
  when_configured_even_bare,  ///< also in bare mode
  in_bare_mode,               ///< when configured, and in bare mode always
  always,
};

struct Place {
  std::string_view type;  ///< lower case; refers to a constant of the program
  Element* element{nullptr};
  Presence presence{Presence::when_configured};
};

class ElementRegistry {
 public:
  static constexpr std::size_t most_places{32};

  /// `element` outlives the registry. False when all places are taken.
  [[nodiscard]] bool add(std::string_view type, Element& element, Presence presence) {
    if (count_ == places_.size()) return false;
    places_[count_++] = {type, &element, presence};
    return true;
  }

  [[nodiscard]] Span<const Place> places() const { return {places_.data(), count_}; }

 private:
  std::array<Place, most_places> places_{};
  std::size_t count_{0};
};

}  // namespace airlift::element
