#pragma once
// Lets an owner and a device go through a scenario until power is cut or all is done.

#include "plants.hpp"
#include "scenario.hpp"
#include "world.hpp"

namespace airlift::sim {

/// A geometry, a scenario, and what follows from both. Shared by all threads, never changed.
struct Case {
  Case(const Geometry& geometry, const Scenario& scenario, const Catalog& catalog);

  const Geometry& geometry;
  const Scenario& scenario;
  const Catalog& catalog;
  image::Policy policy;
  std::vector<Step> steps;  ///< of the scenario, then further updates
};

/// All that outlives a power cut: the chip, and how far the owner has got. A copy goes on independently.
struct Machine {
  Machine(const Case& what, std::uint64_t seed)
      : chip{what.geometry.chip, seed}, world{what.catalog, what.scenario.signatures} {}

  ChipState chip;
  World world;
  std::size_t step{0};
  int times_spoilt{0};  ///< trials that the owner let fail, in this step
};

struct Cut {
  std::uint32_t at{0};  ///< the change of the flash, counted from 1 since power came; 0: no cut
  CutMode mode{CutMode::before};
};

struct End {
  enum class How : std::uint8_t { cut, done, brick };
  How how{How::done};
  std::string brick;         ///< what is wrong
  std::uint32_t changes{0};  ///< of the flash, since power came
};

/// Makes the state in which the scenario begins. Throws std::runtime_error when that does not work.
[[nodiscard]] Machine prepared(const Case& what, std::uint64_t seed, Plant plant);

/// Switches the power on and goes on until `cut` or the end.
[[nodiscard]] End go_on(const Case& what, Machine& machine, const Cut& cut, Plant plant);

}  // namespace airlift::sim
