#include "linux_device.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "airlift/codec/text.hpp"
#include "airlift/element/ota_element.hpp"
#include "airlift/web/web_element.hpp"
#include "airlift_page/page.hpp"
#include "airlift_posix/address.hpp"
#include "airlift_posix/certificate_files.hpp"
#include "airlift_posix/mdns_advertiser.hpp"
#include "airlift_posix/steady_clock.hpp"
#include "airlift_posix/stream_listener.hpp"
#include "airlift_posix/system_calendar.hpp"
#include "airlift_posix/system_entropy.hpp"
#include "airlift_posix/tcp_stream.hpp"
#include "airlift_posix/tcp_stream_pool.hpp"
#include "airlift_posix/udp_socket.hpp"
#include "airlift_posix/update_memory.hpp"
#include "boot_report.hpp"
#include "config_files.hpp"
#include "config_reader.hpp"
#include "device_info.hpp"
#include "image_files.hpp"
#include "key_files.hpp"
#include "mode_note.hpp"
#include "notify_socket.hpp"
#include "supervisor.hpp"
#include "update_puller.hpp"

namespace airlift::device {
namespace {

using element::Trial;
using element::TrialSettings;

constexpr std::size_t web_connections{8};  // served at once; docs/design/device-page.md, "Bounds"

class RebootFlag final : public port::System {
 public:
  void reboot() override { asked_ = true; }
  [[nodiscard]] bool asked() const { return asked_; }

 private:
  bool asked_{false};
};

/// Why an application that has ended has failed its trial.
std::optional<UpdateError> failure_of(const ApplicationEvent& event) {
  switch (event.kind) {
    case ApplicationEvent::Kind::started:
    case ApplicationEvent::Kind::ready:
      break;
    case ApplicationEvent::Kind::not_started:
      return UpdateError::application_missing;
    case ApplicationEvent::Kind::exited:
      return UpdateError::application_exited;
    case ApplicationEvent::Kind::crashed:
      return UpdateError::application_crashed;
    case ApplicationEvent::Kind::hung:
      return UpdateError::watchdog_missed;
  }
  return std::nullopt;
}

class LinuxDevice {
 public:
  LinuxDevice(const Options& options, StateDirectory& state, posix::EventLoop& loop, Requests& requests,
              port::Log& log)
      : options_{options},
        loop_{loop},
        requests_{requests},
        log_{log},
        state_{state},
        starts_{state.resets()},
        keys_{options.config_directory, log},
        config_files_{options.config_directory, log},
        info_{options.version, options.state_directory, options.bind_address},
        updater_{state.store(), state.history(), memory_.buffers()},
        socket_{loop, options.bind_address},
        stream_{loop, options.bind_address},
        extension_stream_{loop, options.bind_address},
        listener_{loop, options.bind_address, extension_stream_},
        plain_pool_{loop, options.bind_address, web_connections},
        identity_{{options.config_directory, options.state_directory, options.bind_address}, log},
        encrypted_pool_{loop, options.bind_address, web_connections, &identity_},
        mdns_name_{loop, options.bind_address},
        device_{options.default_name},
        ota_{{socket_, stream_, advertiser_, entropy_, calendar_, keys_, extension_stream_, listener_,
              memory_.transfer_memory(), element::OtaElement::Tls::available},
             updater_,
             options.board_id},
        web_{{plain_pool_, encrypted_pool_, identity_, config_files_, info_, entropy_, http_advertiser_,
              homeding_advertiser_},
             ota_,
             connections_,
             web::device_page()},
        puller_{{options.config_directory, options.state_directory, state.run_directory()},
                {loop, entropy_, calendar_, ota_, updater_},
                options.version},
        board_{registry_, device_, log, system_},
        trial_{state.store(), state.history()},
        notify_{loop, state.run_directory(), [this](const NotifyMessage& message) { on_notify(message); }},
        supervisor_{log, [this](const ApplicationEvent& event) { on_application(event); }} {
    if (!registry_.add("device", device_, element::Presence::always) ||
        !registry_.add("ota", ota_, element::Presence::in_bare_mode) ||
        !registry_.add("web", web_, element::Presence::when_configured_even_bare) ||
        !registry_.add("update", puller_.element(), element::Presence::when_configured)) {
      throw std::logic_error{"the registry is too small"};
    }
  }

  Outcome run() {
    count_start();
    configure();
    const boot::BootPlan plan = decide_boot();
    const Instant now = clock_.now();
    note_mode(state_.run_directory(), board_.mode());
    puller_.note().begin();
    board_.start(now);
    puller_.note().look(now);  // it is there once the device says that it is ready
    // A Linux host brings the device up when both are there; see packaging/airlift-device.service.
    board_.network_is_up(now);
    board_.time_is_known(now);
    announce_ready();
    start_application(plan);
    while (!requests_.stop && !system_.asked() && trial_.state() != Trial::State::failed) turn();
    settle_start();
    log_longest_loop();
    board_.stop();
    stop_application();
    return requests_.stop ? Outcome::stopped : Outcome::reboot;
  }

 private:
  [[nodiscard]] const element::UpdateSettings& settings() const { return ota_.settings(); }

  /// Before anything that may be the reason for the next reset.
  void count_start() {
    if (!starts_.begin(awake_clock_.now()).ok()) warn_of_resets();
    board_.set_resets(starts_.resets());
  }

  /// The run ends because somebody or something wants it to.
  void settle_start() {
    if (!starts_.settle().ok()) warn_of_resets();
  }

  milliseconds start_turn() {
    const milliseconds wait = starts_.loop(awake_clock_.now());
    if (starts_.state() == element::StartCounter::State::settled) config_files_.ran_well();
    return wait;
  }

  void warn_of_resets() {
    log_.write(port::LogLevel::warning, "board",
               "resets cannot be counted: " + sentence_of(UpdateError::storage_failed));
  }

  void configure() {
    const bool well = board_.mode() == element::StartMode::normal;
    config_files_.begin_run(well ? ConfigFiles::LastRun::good : ConfigFiles::LastRun::bad);
    std::array<Config, config_file_names.size()> configs;
    for (std::size_t i = 0; i < configs.size(); ++i) {
      configs[i] = read_config(options_.config_directory + "/" + std::string{config_file_names[i]});
      if (!configs[i].error) continue;
      log_.write(port::LogLevel::error, "config", to_text(*configs[i].error, config_file_names[i]));
      board_.enter_bare_mode();
    }
    for (std::size_t i = 0; i < configs.size(); ++i) {
      for (const ConfigValue& value : configs[i].values) {
        board_.set({config_file_names[i], value.type, value.id, value.property, value.value});
      }
    }
  }

  boot::BootPlan decide_boot() {
    const TrialSettings& trial = settings().trial();
    const Result<boot::BootPlan> found = boot::prepare_boot(state_.store(), trial.attempts, memory_.block());
    // A flash that holds nothing yet can still take an upload.
    if (!found.ok() && found.error() != UpdateError::no_boot_record) {
      throw std::runtime_error{"the flash cannot be used: " + sentence_of(found.error())};
    }
    const boot::BootPlan plan = found.ok() ? found.value() : boot::BootPlan{};
    report_boot(plan, state_.store().record(), trial, log_);
    return plan;
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

  void start_application(const boot::BootPlan& plan) {
    const std::string firmware = state_.run_directory() + "/application";
    const std::string filesystem = state_.run_directory() + "/filesystem.img";
    const bool firmware_there = extract(image::Kind::firmware, plan.firmware, firmware, 0700);
    const bool filesystem_there = extract(image::Kind::filesystem, plan.filesystem, filesystem, 0600);
    const bool incomplete = !firmware_there || (!filesystem_there && plan.filesystem != boot::SlotId::none);
    begin_trial(plan);
    if (incomplete) fail_trial(UpdateError::application_missing);
    if (!firmware_there || trial_.state() == Trial::State::failed) return;
    Program program = program_for(plan, firmware);
    if (filesystem_there) program.environment.push_back("AIRLIFT_FILESYSTEM=" + filesystem);
    supervisor_.start(std::move(program), clock_.now());
  }

  void begin_trial(const boot::BootPlan& plan) {
    state_.history().load();
    heard_up_to_ = awake_clock_.now();
    trial_.begin(plan, settings().trial(), heard_up_to_);
    watch_trial();
  }

  /// Whether `path` holds the image of this slot now. What goes wrong is no reason to be out of reach for
  /// updates.
  bool extract(image::Kind kind, boot::SlotId slot, const std::string& path, unsigned mode) {
    std::string reason;
    try {
      const Status extracted = extract_image(state_.store(), kind, slot, path, mode);
      if (extracted.ok()) return true;
      reason = sentence_of(extracted.error());
    } catch (const std::system_error& error) {
      reason = error.what();
    }
    if (slot != boot::SlotId::none) {
      log_.write(port::LogLevel::error, "boot",
                 "the " + std::string{name_of(kind)} + " cannot be used: " + reason);
    }
    return false;
  }

  [[nodiscard]] Program program_for(const boot::BootPlan& plan, const std::string& path) const {
    const boot::SlotInfo& info = state_.store().record().of(image::Kind::firmware).at(plan.firmware);
    const bool stays_alive = settings().trial().confirmed_by == TrialSettings::ConfirmedBy::staying_alive;
    const std::string& directory = state_.run_directory();
    Program program{
        path,
        directory,
        {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
         "AIRLIFT_DEVICE_NAME=" + std::string{device_.name()}, "AIRLIFT_BOARD_ID=" + options_.board_id,
         "AIRLIFT_SLOT=" + std::string{name_of(plan.firmware)},
         "AIRLIFT_IMAGE_SHA256=" + std::string{codec::view(codec::to_hex(info.image.sha256))},
         "AIRLIFT_RUN_DIR=" + directory}};
    program.notify_socket = notify_.address();
    program.watchdog = settings().watchdog();
    // Who need not say READY=1 is watched all the same.
    program.watchdog_from = stays_alive ? WatchdogFrom::start : WatchdogFrom::ready;
    program.on_end = plan.on_trial ? OnEnd::report : OnEnd::restart;
    return program;
  }

  void on_notify(const NotifyMessage& message) {
    if (message.check) puller_.check_now();
    supervisor_.notified(message, clock_.now());
    if (!message.ready || settings().trial().confirmed_by != TrialSettings::ConfirmedBy::application) return;
    if (!trial_.confirm().ok()) {
      log_.write(port::LogLevel::error, "trial",
                 "cannot be confirmed: " + sentence_of(UpdateError::flash_write));
    }
    watch_trial();
  }

  void on_application(const ApplicationEvent& event) {
    if (const auto reason = failure_of(event)) fail_trial(*reason);
  }

  void fail_trial(UpdateError reason) {
    trial_.fail(reason);
    watch_trial();
  }

  /// After everything that may have changed the trial's state.
  void watch_trial() {
    if (trial_.state() == reported_) return;
    reported_ = trial_.state();
    report_trial(trial_, settings().trial(), log_);
    if (reported_ == Trial::State::confirmed) supervisor_.set_on_end(OnEnd::restart);
  }

  /// Shows the trial the time before the last iterate(): what happened until then has been heard, and counts
  /// first.
  milliseconds trial_turn() {
    const Instant now = awake_clock_.now();
    const milliseconds wait = trial_.loop(heard_up_to_);
    watch_trial();
    const milliseconds late = now - heard_up_to_;
    heard_up_to_ = now;
    return wait - late;
  }

  void turn() {
    const auto began = std::chrono::steady_clock::now();
    const milliseconds board_wait = board_.loop(clock_.now());
    longest_loop_ = std::max(longest_loop_, std::chrono::steady_clock::now() - began);
    puller_.note().look(clock_.now());
    const milliseconds trial_wait = trial_turn();
    const milliseconds start_wait = start_turn();
    const milliseconds wait = std::min({board_wait, supervisor_.loop(clock_.now()), trial_wait, start_wait});
    if (system_.asked() || trial_.state() == Trial::State::failed) return;
    loop_.iterate(wait);
    // Who stops the device may have stopped the application as well: that is no failure of it.
    if (requests_.stop) trial_.suspend();
    watch_trial();
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
  StateDirectory& state_;
  posix::SteadyClock clock_;
  posix::AwakeClock awake_clock_;
  posix::SystemEntropy entropy_;
  posix::SystemCalendar calendar_;
  RebootFlag system_;
  element::StartCounter starts_;
  KeyFiles keys_;
  ConfigFiles config_files_;
  DeviceInfo info_;
  posix::UpdateMemory memory_;
  update::Updater updater_;
  posix::UdpSocket socket_;
  posix::TcpStream stream_;
  posix::TcpStream extension_stream_;
  posix::StreamListener listener_;
  posix::TcpStreamPool plain_pool_;
  posix::CertificateFiles identity_;
  posix::TcpStreamPool encrypted_pool_;
  posix::MdnsName mdns_name_;
  posix::MdnsAdvertiser advertiser_{mdns_name_};
  posix::MdnsAdvertiser http_advertiser_{mdns_name_};
  posix::MdnsAdvertiser homeding_advertiser_{mdns_name_};
  element::ElementRegistry registry_;
  element::DeviceElement device_;
  element::OtaElement ota_;
  std::array<web::WebConnection, web_connections> connections_;
  web::WebElement web_;
  UpdatePuller puller_;
  element::Board board_;
  Trial trial_;
  Trial::State reported_{Trial::State::none};
  Instant heard_up_to_;  ///< by awake_clock_
  NotifySocket notify_;
  Supervisor supervisor_;
  std::chrono::steady_clock::duration longest_loop_{};
};

}  // namespace

Outcome run_device(const Options& options, StateDirectory& state, posix::EventLoop& loop, Requests& requests,
                   port::Log& log) {
  if (!std::filesystem::is_directory(options.config_directory)) {
    throw std::runtime_error{"no directory " + options.config_directory +
                             ": give the one with env.json and config.json"};
  }
  return LinuxDevice{options, state, loop, requests, log}.run();
}

}  // namespace airlift::device
