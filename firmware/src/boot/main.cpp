// The boot loader. docs/design/firmware.md, "Start".

#include "airlift/boot/boot_sequence.hpp"
#include "airlift/boot/crash_pause.hpp"
#include "airlift/boot/hand_off.hpp"
#include "airlift/boot/image_reader.hpp"
#include "board/board.hpp"
#include "boot/boot_key.hpp"

namespace airlift::firmware {
namespace {

/// An application that does not feed it for so long hangs. Longer than what a busy host may hold up an
/// emulated board.
constexpr seconds watchdog_period{8};

constexpr std::string_view no_image{
    boot_key.empty() ? "no image is whole" : "no image is whole and signed with the key that was built in"};

using Line = FixedString<160>;

void say(const Line& line) {
  board::write_console("boot: ");
  board::write_console(line);
  board::write_console("\n");
}

void say_error(std::string_view what, UpdateError error) {
  say(Line{what}.append(": ").append(describe(error).text));
}

[[noreturn]] void wait_for_reset(std::string_view why) {
  say(Line{"nothing can be started: "}.append(why));
  say({"write the flash anew, or reset"});
  for (;;) board::idle(seconds{1});
}

/// The key that was built in, as a policy; without one, none.
boot::SlotVerifier* verifier() {
  if constexpr (!boot_key.empty()) {
    static image::KeyRingOf<1> keys;
    const Result<crypto::KeyView> key = crypto::KeyView::from_der(boot_key);
    // Without it the ring is empty, and refuses everything.
    if (!key.ok() || !keys.add(key.value())) say({"the key that was built in cannot be read"});
    image::Policy policy;
    policy.mode = image::SignatureMode::required;
    policy.keys = &keys;
    policy.board_id = board::id();
    static boot::TrailerVerifier signed_by_it{policy};
    return &signed_by_it;
  }
  return nullptr;
}

/// Why the attempt that was on ended, where the board knows.
void note_reset_reason(boot::SlotStore& store) {
  const UpdateError reason = board::take_reset_reason();
  if (reason == UpdateError::none) return;
  say(Line{"the program before this start ended: "}.append(describe(reason).name));
  const Status loaded = store.load();
  if (loaded.ok() && !store.note_failure(reason).ok()) say({"that could not be noted"});
}

void tell(const boot::BootPlan& plan, const boot::BootRecord& record) {
  if (plan.recovered) say({"all boot records were lost; made a new one of the slots' headers"});
  if (plan.fell_back) say({"the active image is damaged; the one before it takes over"});
  if (plan.rolled_back != UpdateError::none) say_error("gave up the image on trial", plan.rolled_back);
  if (plan.kept != UpdateError::none) say_error("kept the image on trial, for want of another", plan.kept);
  if (plan.firmware == boot::SlotId::none) return;
  const std::string_view version = record.of(image::Kind::firmware).at(plan.firmware).version;
  Line line{"slot "};
  line.append(name_of(plan.firmware)).append(", version ").append(version.empty() ? "unknown" : version);
  if (plan.on_trial) {
    line.append(", on trial, attempt ").append_number(plan.attempt);
    line.append(" of ").append_number(record.most_attempts());
  }
  say(line);
}

/// A confirmed image that crashes is started again and again: the one before it may be too old to be trusted,
/// and is no better known to work. An image on trial ends by its attempts.
void wait_after_crashes(const boot::BootPlan& plan) {
  if (plan.on_trial) return board::forget_crashes();
  const std::uint8_t crashes = board::crashes_in_a_row();
  const seconds pause = boot::crash_pause(crashes);
  if (pause == seconds{0}) return;
  Line line{"it has crashed "};
  line.append_number(crashes).append(" times in a row; starting it in ").append_number(pause.count());
  say(line.append(" s"));
  const auto end = board::uptime() + pause;
  while (board::uptime() < end) board::idle(pause);
}

/// What runs is what was digested: the copy in its place.
[[nodiscard]] Status load(boot::SlotStore& store, boot::SlotId slot) {
  const image::Identity& image = store.record().of(image::Kind::firmware).at(slot).image;
  MutableBytes place = board::execution_memory();
  if (image.size_bytes > place.size()) return UpdateError::no_space;
  boot::ImageReader reader{store.flash(), store.image_area(image::Kind::firmware, slot), image};
  for (;;) {
    const Result<std::size_t> read = reader.next(place);
    if (!read.ok()) return read.error();
    if (read.value() == 0) return reader.verify();
    place = place.subspan(read.value());
  }
}

[[noreturn]] void start(const boot::BootPlan& plan) {
  const boot::HandOffBytes told = encode(plan);
  std::copy(told.begin(), told.end(), board::hand_off_memory().begin());
  board::start_watchdog(watchdog_period);
  board::jump();
}

[[noreturn]] void run() {
  board::start();
  boot::SlotStore store{board::flash(), board::layout().slots};
  note_reset_reason(store);
  const Result<boot::BootPlan> plan =
      boot::prepare_boot(store, boot::as_installed, board::execution_memory(), verifier());
  if (!plan.ok()) wait_for_reset(describe(plan.error()).text);
  tell(plan.value(), store.record());
  if (plan.value().firmware == boot::SlotId::none) wait_for_reset(no_image);
  wait_after_crashes(plan.value());
  if (const Status loaded = load(store, plan.value().firmware); !loaded.ok()) {
    say_error("the image was not loaded as it was installed; starting anew", loaded.error());
    board::reset();
  }
  start(plan.value());
}

}  // namespace
}  // namespace airlift::firmware

int main() {
  airlift::firmware::run();
}
