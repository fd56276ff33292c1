#include "app/application.hpp"

#include <algorithm>

#include "airlift/boot/hand_off.hpp"
#include "airlift/codec/text.hpp"
#include "airlift/element/address_text.hpp"
#include "airlift_page/page.hpp"
#include "boot/boot_key.hpp"
#include "port/config_reader.hpp"

namespace airlift::firmware {
namespace {

using element::Trial;
using port::LogLevel;
using Line = FixedString<240>;

// An element exists when it has a property.
constexpr std::string_view built_in_configuration{
    boot_key.empty()
        ? R"({"device": {"0": {"safemode": false}}, "ota": {"0": {"port": 8266}}, "web": {"0": {"port": 80}}})"
        : R"({"device": {"0": {"safemode": false}}, "ota": {"0": {"keys": "built-in"}}, "web": {"0": {"port": 80}}})"};

/// "airlift-mps2-" and the last three bytes of the MAC address.
element::DeviceName default_name(const Network& network) {
  const Network::Mac mac = network.mac();
  element::DeviceName name{board::id()};
  return name.append("-").append(codec::view(codec::to_hex(std::array{mac[3], mac[4], mac[5]})));
}

Line sentence_of(UpdateError error) {
  const ErrorInfo& info = describe(error);
  return Line{info.text}.append(". ").append(info.advice);
}

/// Only whether a file can be understood.
class Nobody final : public ConfigVisitor {
  void take(const ConfigValue&) override {}
};

class Setter final : public ConfigVisitor {
 public:
  Setter(element::Board& board, std::string_view file) : board_{board}, file_{file} {}
  void take(const ConfigValue& value) override {
    board_.set({file_, value.type, value.id, value.property, value.value});
  }

 private:
  element::Board& board_;
  std::string_view file_;
};

}  // namespace

Application::Application(const Variant& variant, Network& network, port::Entropy& entropy, port::Log& log)
    : variant_{variant},
      network_{network},
      log_{log},
      resets_{board::flash(), board::layout().resets},
      store_{board::flash(), board::layout().slots},
      history_{board::flash(), board::layout().slots.history},
      files_{board::flash(), built_in_configuration},
      keys_{boot_key},
      info_{variant.version, network},
      mdns_name_{network},
      device_{default_name(network)},
      ota_{{socket_, stream_, advertiser_, entropy, calendar_, keys_, extension_stream_, listener_,
            memory_.transfer_memory},
           updater_,
           board::id()},
      web_{{pool_, no_pool_, no_identity_, files_, info_, entropy, http_advertiser_, homeding_advertiser_},
           ota_,
           connections_,
           web::device_page()},
      board_{registry_, device_, log, system_} {}

void Application::run() {
  count_start();
  take_over();
  configure();
  board_.start(clock_.now());
  trial_.begin(plan_, ota_.settings().trial(), clock_.now());
  watch_trial();
  // Bare mode would keep every upload out.
  if (!configuration_is_understood_) trial_.fail(UpdateError::bad_configuration);
  watch_trial();
  while (!system_.asked() && trial_.state() != Trial::State::failed) turn();
  leave();
}

/// Before anything that may be the reason for the next reset.
void Application::count_start() {
  if (!starts_.begin(clock_.now()).ok()) {
    log_.write(LogLevel::warning, "board", "resets cannot be counted");
  }
  board_.set_resets(starts_.resets());
}

/// What the boot loader has decided, and what is on the flash.
void Application::take_over() {
  const Result<boot::BootPlan> told = boot::decode_hand_off(board::hand_off_memory());
  if (told.ok()) plan_ = told.value();
  const Status loaded = store_.load();
  if (!told.ok() || !loaded.ok()) {
    log_.write(LogLevel::error, "boot", "the boot loader has left no plan, or the flash holds no record");
  }
  history_.load();
  if (plan_.filesystem == boot::SlotId::none) return;
  const image::Kind kind = image::Kind::filesystem;
  boot::Area archive = store_.image_area(kind, plan_.filesystem);
  archive.size_bytes =
      std::min(archive.size_bytes, store_.record().of(kind).at(plan_.filesystem).image.size_bytes);
  files_.open(archive);
}

/// All files are read before any of them counts.
void Application::configure() {
  const bool added = registry_.add("device", device_, element::Presence::always) &&
                     registry_.add("ota", ota_, element::Presence::in_bare_mode) &&
                     registry_.add("web", web_, element::Presence::when_configured_even_bare);
  if (!added) log_.write(LogLevel::error, "board", "the registry is too small");
  std::array<bool, config_file_names.size()> usable{};
  for (std::size_t i = 0; i < usable.size(); ++i) {
    const Result<Span<char>> text = files_.load(i);
    if (text.error() == UpdateError::file_unreadable) continue;
    Nobody nobody;
    const ConfigReading reading =
        text.ok() ? parse_config(text.value(), nobody) : ConfigReading{text.error(), 0};
    usable[i] = reading.status.ok();
    if (usable[i]) continue;
    log_.write(
        LogLevel::error, "config",
        Line{config_file_names[i]}.append(": not understood at byte ").append_number(reading.error_at));
    board_.enter_bare_mode();
    configuration_is_understood_ = false;
  }
  for (std::size_t i = 0; i < usable.size(); ++i) {
    if (!usable[i]) continue;
    const Result<Span<char>> text = files_.load(i);
    Setter setter{board_, config_file_names[i]};
    if (text.ok()) (void)parse_config(text.value(), setter);
  }
}

void Application::turn() {
  board::feed_watchdog();
  misbehave();
  if (variant_.fault != Fault::offline) network_.poll();
  notice_network();
  const auto began = board::uptime();
  milliseconds wait = board_.loop(clock_.now());
  longest_loop_ = std::max(longest_loop_, board::uptime() - began);
  confirm_when_well();
  const Instant now = clock_.now();
  wait = std::min({wait, trial_.loop(now), starts_.loop(now)});
  if (starts_.state() == element::StartCounter::State::settled) board::forget_crashes();
  watch_trial();
  if (wait > milliseconds{0}) board::idle(wait);
}

void Application::misbehave() {
  switch (variant_.fault) {
    case Fault::none:
    case Fault::offline:
      return;
    case Fault::hang:
      for (;;) board::idle(milliseconds{1});
    case Fault::crash:
      __builtin_trap();
  }
}

void Application::notice_network() {
  if (on_network_ || !network_.address()) return;
  on_network_ = true;
  board_.network_is_up(clock_.now());
  board_.time_is_known(clock_.now());  // nobody tells it here: what waits for it would wait for ever
  announce();
}

void Application::announce() {
  Line line{"ready: "};
  line.append(device_.name()).append(" at ").append(element::address_text(*network_.address()));
  line.append(", OTA port ").append_number(ota_.port());
  log_.write(LogLevel::info, "device", line);
}

/// It works when it can be updated again.
bool Application::is_well() const {
  return on_network_ && socket_.local_port() != 0;
}

void Application::confirm_when_well() {
  using ConfirmedBy = element::TrialSettings::ConfirmedBy;
  if (trial_.state() != Trial::State::running || !is_well()) return;
  if (ota_.settings().trial().confirmed_by != ConfirmedBy::application || trial_.confirm().ok()) return;
  log_.write(LogLevel::error, "trial",
             Line{"cannot be confirmed: "}.append(sentence_of(UpdateError::flash_write)));
}

void Application::watch_trial() {
  if (trial_.state() == reported_) return;
  reported_ = trial_.state();
  Line line{"application "};
  line.append(variant_.version);
  switch (reported_) {
    case Trial::State::none:
      return;
    case Trial::State::running:
      line.append(" is on trial, attempt ").append_number(plan_.attempt);
      return log_.write(LogLevel::info, "trial", line);
    case Trial::State::confirmed:
      return log_.write(LogLevel::info, "trial", line.append(" confirmed"));
    case Trial::State::failed:
      return log_.write(LogLevel::error, "trial",
                        line.append(" failed: ").append(sentence_of(trial_.reason())));
    case Trial::State::suspended:
      return log_.write(LogLevel::info, "trial", line.append(" suspended"));
  }
}

void Application::leave() {
  if (!starts_.settle().ok()) log_.write(LogLevel::warning, "board", "resets cannot be counted");
  log_.write(LogLevel::debug, "board",
             Line{"longest loop() call: "}.append_number(longest_loop_.count()).append(" us"));
  board_.stop();
  // The last words are on their way: goodbyes, and what a sender still waits for.
  constexpr milliseconds last_words{300};
  const Instant end = clock_.now() + last_words;
  while (on_network_ && clock_.now() < end) {
    board::feed_watchdog();
    network_.poll();
    board::idle(milliseconds{1});
  }
  log_.write(LogLevel::info, "board", "restarting");
  board::reset();
}

}  // namespace airlift::firmware
