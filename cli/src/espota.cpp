#include "espota.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <ctime>

#include "airlift_posix/address.hpp"
#include "arguments.hpp"

namespace airlift::cli {
namespace {

enum class Level : std::uint8_t { critical, error, info, debug };

// The form of espota's log, with the same words where it has some: the IDEs show them, and people search for
// them.
void log(Level level, std::string_view text) {
  constexpr std::array<std::string_view, 4> names{"CRITICAL", "ERROR", "INFO", "DEBUG"};
  fmt::print(stderr, "{:%H:%M:%S} [{}]: {}\n", fmt::localtime(std::time(nullptr)),
             names[static_cast<std::size_t>(level)], text);
}

/// Shows an upload as espota does: dots, or a bar with -r, and more with -d.
class EspotaConsole final : public PushObserver {
 public:
  explicit EspotaConsole(const EspotaOptions& options) : debug_{options.debug}, bar_{options.progress} {}

  void ready(const PushReport& report) override {
    size_bytes_ = report.size_bytes;
    address_ = posix::to_text(report.device.address);
    info(fmt::format("Starting on {}", report.listening_at));
    if (report.replaced_by_signed) {
      fmt::print(stderr, "Detected Signed Update. {} will be uploaded instead.\n", report.file);
    }
    info(fmt::format("Upload size: {}", report.size_bytes));
  }

  void entered(Stage stage) override {
    if (authenticating_ && stage != Stage::authenticate) end_authenticating("OK");
    if (stage == Stage::invite) return info(fmt::format("Sending invitation to: {}", address_));
    if (stage == Stage::authenticate) {
      fmt::print(stderr, "Authenticating...");
      authenticating_ = true;
    } else if (stage == Stage::connect) {
      info("Waiting for device...");
    } else if (stage == Stage::transfer) {
      if (!bar_) fmt::print(stderr, "Uploading");
      uploading_ = true;
    } else if (stage == Stage::verify) {
      end_line();
      info("Waiting for result...");
    }
  }

  /// To be called with the outcome.
  void finish(bool ok) {
    if (authenticating_) end_authenticating("FAIL");
    end_line();
    if (ok) info("Result: OK");
  }

  void progress(std::uint32_t sent_bytes) override {
    if (bar_) {
      constexpr std::size_t width{60};
      const double part = static_cast<double>(sent_bytes) / size_bytes_;
      const auto done = static_cast<std::size_t>(part * width);
      fmt::print(stderr, "\rUploading: [{:<60}] {:.0f}% {}", std::string(done, '='), part * 100,
                 sent_bytes == size_bytes_ ? "Done...\r\n" : "");
    } else {
      constexpr std::uint32_t bytes_per_dot{1460};
      const std::uint32_t dots = sent_bytes / bytes_per_dot;
      fmt::print(stderr, "{}", std::string(dots - dots_, '.'));
      dots_ = dots;
    }
  }

  void trace(std::string_view text) override {
    if (debug_) log(Level::debug, text);
  }

 private:
  void info(std::string_view text) const {
    if (debug_) log(Level::info, text);
  }

  void end_authenticating(std::string_view outcome) {
    fmt::print(stderr, "{}\n", outcome);
    authenticating_ = false;
  }

  void end_line() {
    if (uploading_) fmt::print(stderr, "\n");
    uploading_ = false;
  }

  bool debug_;
  bool bar_;
  std::string address_;
  std::uint32_t size_bytes_{0};
  std::uint32_t dots_{0};
  bool authenticating_{false};
  bool uploading_{false};
};

/// espota's own words for a failure; empty when it has none.
std::string espota_words(const PushFailure& failure) {
  const bool in_password = failure.stage == Stage::authenticate;
  switch (failure.stage) {
    case Stage::listen:
      return "Listen Failed";
    case Stage::resolve:
    case Stage::route:
    case Stage::file:
    case Stage::reboot:
    case Stage::confirm:
      return {};
    case Stage::invite:
    case Stage::authenticate:
      if (failure.code == UpdateError::no_answer) {
        return in_password ? "No Answer to our Authentication" : "No Answer";
      }
      if (failure.code == UpdateError::wrong_password || failure.code == UpdateError::password_needed) {
        return "Authentication Failed";
      }
      return failure.device_says.empty() ? "Bad Answer" : "Bad Answer: ERR: " + failure.device_says;
    case Stage::connect:
      return "No response from device";
    case Stage::transfer:
      return "Error Uploading";
    case Stage::verify:
      if (failure.device_says.empty()) return "No Result!";
      return failure.device_number == 0
                 ? failure.device_says
                 : fmt::format("ERROR[{}]: {}", failure.device_number, failure.device_says);
  }
  return {};
}

void print_failure(const PushFailure& failure) {
  const std::string words = failure.code == UpdateError::cancelled ? std::string{} : espota_words(failure);
  if (!words.empty()) log(Level::error, words);
  log(Level::error, failure.message);
  if (!failure.advice.empty()) log(Level::error, failure.advice);
}

}  // namespace

int run_espota(int argc, const char* const* argv) {
  CLI::App app{"Transmit image over the air to a module with OTA support.", "espota"};
  app.formatter(help_formatter());
  EspotaOptions options;
  add_espota_options(app, options);
  try {
    app.parse(arguments_for_parse(argc, argv));
  } catch (const CLI::ParseError& error) {
    // 2 is what Python's option parsers exit with.
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (options.push.device.empty() || options.push.file.empty()) {
    log(Level::critical, "Not enough arguments.");
    return 1;
  }
  if (!options.push.device_port) options.push.device_port = wire::esp8266_port;
  options.push.password = options.password.value_or("");
  EspotaConsole console{options};
  const PushReport report = push(options.push, console);
  console.finish(!report.failure);
  if (!report.failure) return 0;
  print_failure(*report.failure);
  return 1;
}

}  // namespace airlift::cli
