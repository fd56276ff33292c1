// airlift-powercut: the power-cut simulator as a program. docs/design/power-cut-simulator.md.

#include <getopt.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <thread>

#include "campaign.hpp"

namespace {

using airlift::sim::Campaign;
using airlift::sim::Plant;

constexpr int exit_bricks{1};
constexpr int exit_usage{2};
constexpr std::uint64_t default_cuts{500'000};

struct NamedPlant {
  const char* name;
  Plant plant;
};
constexpr NamedPlant plants[]{
    {"commit-before-verify", Plant::commit_before_verify},
    {"non-atomic-record", Plant::non_atomic_record},
    {"late-attempt", Plant::late_attempt},
};

struct Arguments {
  Campaign campaign;
  std::string replay;
};

void print_help() {
  std::printf(
      "usage: airlift-powercut [--cuts N] [--geometry NAME] [--scenario NAME] [--seed S] [--jobs N] [--plant "
      "BUG]\n"
      "       airlift-powercut --replay TEXT [--plant BUG]\n\n"
      "Updates simulated devices and cuts their power at every operation of the flash: before it, in the "
      "middle\n"
      "of it, after it; then again while they recover. Checks each time that the device starts an image that "
      "it\n"
      "may start, that nothing good is lost, and that it can be updated again.\n\n"
      "  --cuts N         end soon after N power cuts (default %llu)\n"
      "  --geometry NAME  on this chip only\n"
      "  --scenario NAME  this course of events only\n"
      "  --seed S         of all that is random (default 1)\n"
      "  --jobs N         threads (default: one per processor)\n"
      "  --plant BUG      build a known bug into the device: it must be found\n"
      "  --replay TEXT    go through one course of events again, as printed with a brick\n"
      "  --help           print this\n\n",
      static_cast<unsigned long long>(default_cuts));
  std::printf("Geometries:\n");
  for (const auto& geometry : airlift::sim::geometries()) {
    std::printf("  %-21s %s\n", geometry.name.data(), geometry.about.data());
  }
  std::printf("\nScenarios:\n");
  for (const auto& scenario : airlift::sim::scenarios()) {
    std::printf("  %-21s %s\n", scenario.name.data(), scenario.about.data());
  }
  std::printf("\nBugs:\n");
  for (const NamedPlant& plant : plants) std::printf("  %s\n", plant.name);
  std::printf(
      "\nExamples:\n"
      "  airlift-powercut\n"
      "  airlift-powercut --cuts 5000000 --seed 7\n"
      "  airlift-powercut --geometry stm32l0 --scenario bundle\n"
      "  airlift-powercut --plant late-attempt\n"
      "  airlift-powercut --replay nor/update/1/5t.2b\n\n"
      "The last line is cuts=<n> bricks=<n>. Exit status: 0 no brick; 1 bricks; 2 wrong usage.\n");
}

template <typename Number>
Number number(const char* text) {
  Number value{0};
  const char* const end = text + std::strlen(text);
  const auto [rest, error] = std::from_chars(text, end, value);
  if (error != std::errc{} || rest != end) throw std::invalid_argument{std::string{"no number: "} + text};
  return value;
}

template <typename Named>
std::string known(const std::vector<Named>& all, const char* what, const char* name) {
  for (const Named& each : all) {
    if (each.name == name) return name;
  }
  throw std::invalid_argument{std::string{"there is no "} + what + " \"" + name + "\""};
}

Plant plant_named(const char* name) {
  for (const NamedPlant& plant : plants) {
    if (std::strcmp(plant.name, name) == 0) return plant.plant;
  }
  throw std::invalid_argument{std::string{"there is no bug \""} + name + "\""};
}

void take(Arguments& arguments, int option, const char* value) {
  Campaign& campaign = arguments.campaign;
  switch (option) {
    case 'c':
      campaign.cuts = number<std::uint64_t>(value);
      return;
    case 'g':
      campaign.geometry = known(airlift::sim::geometries(), "geometry", value);
      return;
    case 'n':
      campaign.scenario = known(airlift::sim::scenarios(), "scenario", value);
      return;
    case 's':
      campaign.seed = number<std::uint64_t>(value);
      return;
    case 'j':
      campaign.jobs = number<unsigned>(value);
      if (campaign.jobs == 0) throw std::invalid_argument{"--jobs needs a number above 0"};
      return;
    case 'p':
      campaign.plant = plant_named(value);
      return;
    case 'r':
      arguments.replay = value;
      return;
    case 'h':
      print_help();
      std::exit(0);
    default:
      throw std::invalid_argument{"wrong option"};
  }
}

Arguments parse(int count, char** words) {
  static const option options[]{{"cuts", required_argument, nullptr, 'c'},
                                {"geometry", required_argument, nullptr, 'g'},
                                {"scenario", required_argument, nullptr, 'n'},
                                {"seed", required_argument, nullptr, 's'},
                                {"jobs", required_argument, nullptr, 'j'},
                                {"plant", required_argument, nullptr, 'p'},
                                {"replay", required_argument, nullptr, 'r'},
                                {"help", no_argument, nullptr, 'h'},
                                {nullptr, 0, nullptr, 0}};
  Arguments arguments;
  arguments.campaign.cuts = default_cuts;
  arguments.campaign.jobs = std::max(1U, std::thread::hardware_concurrency());
  for (;;) {
    const int option = getopt_long(count, words, "h", options, nullptr);
    if (option == -1) break;
    take(arguments, option, optarg);
  }
  if (optind < count) throw std::invalid_argument{std::string{"too much: "} + words[optind]};
  return arguments;
}

int end_with(std::uint64_t cuts, std::size_t bricks) {
  std::printf("cuts=%llu bricks=%zu\n", static_cast<unsigned long long>(cuts), bricks);
  return bricks == 0 ? 0 : exit_bricks;
}

int replay(const Arguments& arguments) {
  const std::string wrong = airlift::sim::replay(arguments.replay, arguments.campaign.plant);
  std::printf("%s: %s\n", arguments.replay.c_str(), wrong.empty() ? "no brick" : wrong.c_str());
  const std::string cut_list = arguments.replay.substr(arguments.replay.rfind('/'));
  const auto cuts = std::count_if(cut_list.begin(), cut_list.end(), [](char c) { return c >= 'a'; });
  return end_with(static_cast<std::uint64_t>(cuts), wrong.empty() ? 0 : 1);
}

int simulate(const Campaign& campaign) {
  const bool terminal = isatty(STDERR_FILENO) == 1;
  const auto show = [&](std::uint64_t cuts) {
    if (terminal)
      std::fprintf(stderr, "\r%llu of %llu cuts ", static_cast<unsigned long long>(cuts),
                   static_cast<unsigned long long>(campaign.cuts));
  };
  const airlift::sim::Outcome outcome = run(campaign, show);
  if (terminal) std::fprintf(stderr, "\r%*s\r", 60, "");
  for (const airlift::sim::Brick& brick : outcome.bricks) {
    std::printf("brick: %s\n  again: airlift-powercut --replay %s\n", brick.why.c_str(),
                brick.replay.c_str());
  }
  std::printf("every first cut was made %llu times\n", static_cast<unsigned long long>(outcome.whole_rounds));
  return end_with(outcome.cuts, outcome.bricks.size());
}

}  // namespace

int main(int count, char** words) {
  try {
    const Arguments arguments = parse(count, words);
    return arguments.replay.empty() ? simulate(arguments.campaign) : replay(arguments);
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "airlift-powercut: %s; --help says more\n", error.what());
    return exit_usage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "airlift-powercut: %s\n", error.what());
    return exit_bricks;
  }
}
