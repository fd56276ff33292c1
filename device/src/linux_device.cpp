#include "linux_device.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "airlift/element/ota_element.hpp"
#include "airlift_posix/address.hpp"
#include "airlift_posix/mdns_advertiser.hpp"
#include "airlift_posix/steady_clock.hpp"
#include "airlift_posix/system_entropy.hpp"
#include "airlift_posix/tcp_stream.hpp"
#include "airlift_posix/udp_socket.hpp"
#include "config_reader.hpp"
#include "image_files.hpp"
#include "state_directory.hpp"
#include "supervisor.hpp"

namespace airlift::device {
namespace {

constexpr std::array<std::string_view, 2> config_files{"env.json",
                                                       "config.json"};  // in this order, as HomeDing reads

class RebootFlag final : public port::System {
 public:
  void reboot() override { asked_ = true; }
  [[nodiscard]] bool asked() const { return asked_; }

 private:
  bool asked_{false};
};

class LinuxDevice {
 public:
  LinuxDevice(const Options& options, posix::EventLoop& loop, Requests& requests, port::Log& log)
      : options_{options},
        loop_{loop},
        requests_{requests},
        log_{log},
        state_{StateDirectory::open(options.state_directory)},
        sector_(sector_bytes),
        updater_{state_.store(), {sector_.data(), sector_.size()}},
        socket_{loop, options.bind_address},
        stream_{loop, options.bind_address},
        advertiser_{loop, options.bind_address},
        device_{options.default_name},
        ota_{{socket_, stream_, advertiser_, entropy_}, updater_, options.board_id},
        board_{registry_, device_, log, system_},
        supervisor_{log} {
    if (!registry_.add("device", device_, element::Presence::always) ||
        !registry_.add("ota", ota_, element::Presence::in_bare_mode)) {
      throw std::logic_error{"the registry is too small"};
    }
  }

  Outcome run() {
    configure();
    const Instant now = clock_.now();
    board_.start(now);
    // A Linux host brings the device up when both are there; see packaging/airlift-device.service.
    board_.network_is_up(now);
    board_.time_is_known(now);
    announce_ready();
    start_application();
    while (!requests_.stop && !system_.asked()) turn();
    log_longest_loop();
    board_.stop();
    stop_application();
    return requests_.stop ? Outcome::stopped : Outcome::reboot;
  }

 private:
  void configure() {
    std::array<Config, config_files.size()> configs;
    for (std::size_t i = 0; i < configs.size(); ++i) {
      configs[i] = read_config(options_.config_directory + "/" + std::string{config_files[i]});
      if (!configs[i].error) continue;
      log_.write(port::LogLevel::error, "config", to_text(*configs[i].error, config_files[i]));
      log_.write(port::LogLevel::warning, "config",
                 "bare mode: only the device and ota elements are started");
      board_.enter_bare_mode();
    }
    for (std::size_t i = 0; i < configs.size(); ++i) {
      for (const ConfigValue& value : configs[i].values) {
        board_.set({config_files[i], value.type, value.id, value.property, value.value});
      }
    }
  }

  void announce_ready() {
    std::string message{"ready: "};
    message.append(device_.name()).append(" at ").append(posix::to_text(options_.bind_address));
    if (ota_.claimed()) {
      message.append(", OTA port ").append(std::to_string(ota_.port()));
    } else {
      message.append(", no ota element is configured");
    }
    log_.write(port::LogLevel::info, device_.id(), message);
  }

  void start_application() {
    const std::string& directory = state_.run_directory();
    const auto firmware =
        extract_image(state_.store(), image::Kind::firmware, directory + "/application", 0700, log_);
    const auto filesystem =
        extract_image(state_.store(), image::Kind::filesystem, directory + "/filesystem.img", 0600, log_);
    if (!firmware) {
      const ErrorInfo& info = describe(UpdateError::no_image);
      log_.write(port::LogLevel::error, "boot", std::string{info.text} + ". " + std::string{info.advice});
      return;
    }
    log_.write(port::LogLevel::info, "boot",
               "slot " + std::string{name_of(firmware->slot)} + ", SHA-256 " + firmware->sha256);
    Program program{
        firmware->path,
        directory,
        {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
         "AIRLIFT_DEVICE_NAME=" + std::string{device_.name()}, "AIRLIFT_BOARD_ID=" + options_.board_id,
         "AIRLIFT_SLOT=" + std::string{name_of(firmware->slot)}, "AIRLIFT_IMAGE_SHA256=" + firmware->sha256,
         "AIRLIFT_RUN_DIR=" + directory}};
    if (filesystem) program.environment.push_back("AIRLIFT_FILESYSTEM=" + filesystem->path);
    supervisor_.start(std::move(program), clock_.now());
  }

  void turn() {
    const auto began = std::chrono::steady_clock::now();
    const milliseconds board_wait = board_.loop(clock_.now());
    longest_loop_ = std::max(longest_loop_, std::chrono::steady_clock::now() - began);
    const milliseconds wait = std::min(board_wait, supervisor_.loop(clock_.now()));
    if (system_.asked()) return;
    loop_.iterate(wait);
    notice_child();
  }

  void notice_child() {
    if (!requests_.child_changed) return;
    requests_.child_changed = false;
    supervisor_.child_changed(clock_.now());
  }

  void stop_application() {
    supervisor_.request_stop(clock_.now());
    while (supervisor_.running()) {
      loop_.iterate(supervisor_.loop(clock_.now()));
      notice_child();
    }
  }

  void log_longest_loop() {
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(longest_loop_).count();
    log_.write(port::LogLevel::debug, "board",
               "longest loop() call: " + std::to_string(microseconds) + " us");
  }

  const Options& options_;
  posix::EventLoop& loop_;
  Requests& requests_;
  port::Log& log_;
  posix::SteadyClock clock_;
  posix::SystemEntropy entropy_;
  RebootFlag system_;
  StateDirectory state_;
  std::vector<std::uint8_t> sector_;
  update::Updater updater_;
  posix::UdpSocket socket_;
  posix::TcpStream stream_;
  posix::MdnsAdvertiser advertiser_;
  element::ElementRegistry registry_;
  element::DeviceElement device_;
  element::OtaElement ota_;
  element::Board board_;
  Supervisor supervisor_;
  std::chrono::steady_clock::duration longest_loop_{};
};

}  // namespace

Outcome run_device(const Options& options, posix::EventLoop& loop, Requests& requests, port::Log& log) {
  if (!std::filesystem::is_directory(options.config_directory)) {
    throw std::runtime_error{"no directory " + options.config_directory +
                             ": give the one with env.json and config.json"};
  }
  return LinuxDevice{options, loop, requests, log}.run();
}

}  // namespace airlift::device
