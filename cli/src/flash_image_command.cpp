#include "flash_image_command.hpp"

#include <fmt/format.h>

#include "command_failure.hpp"
#include "progress.hpp"

namespace airlift::cli {
namespace {

constexpr auto flash_image_examples{R"(Examples:
  airlift flash-image --layout firmware/boards/mps2/layout.ini --firmware app-1.bin -o flash.bin
  airlift flash-image --layout layout.ini --boot-loader boot.bin --firmware app.bin.signed \
      --board airlift-mps2 --filesystem files.tar -o flash.bin

The images become active at once, as `airlift-device init` does it; their signatures are not looked
at. OUT is for its owner only: the seed of the board's random numbers is in it. Each board needs a
flash image of its own. Exit codes: 0 done, 1 an image is refused (it does not fit, ...), 2 wrong
options, 8 trouble on this computer.)"};

std::string image_text(std::string_view what, const boot::SlotInfo& slot) {
  const std::string version = slot.version.empty() ? "" : fmt::format("version {}, ", slot.version.view());
  return fmt::format("{}: {}{}\n", what, version, size_text(slot.image.size_bytes));
}

}  // namespace

FlashImageCommand::FlashImageCommand(CLI::App& app)
    : command_{*app.add_subcommand("flash-image", "Make the flash of a new board, with its first firmware")} {
  const auto add = [this](const char* names, auto& value, const char* help, const char* type_name) {
    return command_.add_option(names, value, help)->type_name(type_name);
  };
  add("--layout", request_.layout, "Where on the flash what lies: firmware/boards/BOARD/layout.ini", "FILE")
      ->required();
  add("--firmware", request_.firmware, "The first firmware", "FILE")->required();
  add("--filesystem", request_.filesystem, "The first filesystem image, a tar archive", "FILE");
  add("--boot-loader", request_.boot_loader, "Goes to the start of the flash", "FILE");
  add("--board", request_.board_id, "The board's id, for images whose manifest names boards", "ID");
  add("-o,--out", request_.output, "The flash image; an existing one is replaced", "OUT")->required();
  command_.add_flag("--json", json_, "Print one JSON object on standard output");
  command_.footer(flash_image_examples);
}

int FlashImageCommand::run() const try {
  const FlashReport report = make_flash_image(request_);
  if (json_) {
    fmt::print("{}\n", to_json(request_, report));
    return 0;
  }
  fmt::print("{}: {}\n", request_.output, size_text(report.flash_bytes));
  if (report.boot_loader_bytes > 0) fmt::print("boot loader: {}\n", size_text(report.boot_loader_bytes));
  fmt::print("{}", image_text("firmware", report.firmware));
  if (!report.filesystem.image.empty()) fmt::print("{}", image_text("filesystem image", report.filesystem));
  return 0;
} catch (const CommandError& error) {
  if (!json_) throw;
  fmt::print("{}\n", to_json(error.failure, request_.output));
  return exit_code_of(error.failure);
}

}  // namespace airlift::cli
