// What an uploader, or somebody who took its connection over, sends after the device has asked for its proof:
// airlift/element/extension_session.hpp.
// Input: a byte of switches (1: a right offer comes first, 2: it is compressed, 4: encryption is required,
// 8: the uploader closes at the end), a byte with the size of the pieces, then the stream.

#include <algorithm>
#include <string>

#include "require.hpp"
#include "support/extension_rig.hpp"

using airlift::fuzz::require;
using airlift::testing::ExtensionRig;
using Session = airlift::element::ExtensionSession;
using State = Session::State;

namespace {

constexpr std::string_view file{"A file of a few bytes, which the offer announces and the stream may bring."};

/// Nothing may hold the session for longer than its timeouts, and nothing but the file may be installed.
void run_to_the_end(ExtensionRig& rig) {
  for (int turns = 0; rig.session.state() != State::idle; ++turns) {
    require(turns < 20000, "a session ends");
    const std::uint32_t before = rig.storage.updater.received_bytes();
    const airlift::milliseconds wait = rig.session.loop(rig.other, rig.now);
    require(rig.storage.updater.received_bytes() <= before + airlift::testing::test_sector_bytes,
            "one turn takes one block at most");
    rig.now += std::min<airlift::milliseconds>(wait, airlift::seconds{11});
    (void)rig.session.take_event();
  }
  const std::string staged = rig.storage.staged_image();
  require(staged.empty() || staged == file, "nothing but the offered file is installed");
}

/// A device with an empty flash; only the password's key stays.
void forget_everything(ExtensionRig& rig) {
  rig.session.abort();
  (void)rig.session.take_event();
  rig.storage.updater.abort();
  auto& memory = rig.storage.flash.memory;
  std::fill(memory.begin(), memory.end(), std::uint8_t{0xFF});
  (void)rig.storage.store.load();
  rig.storage.history.load();
  rig.limiter = {};
  rig.stream.written.clear();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::uint8_t switches = data[0];
  // Deriving the password's key takes the time of a hundred runs, so there is one device for all.
  static ExtensionRig rig;
  forget_everything(rig);
  rig.session.set_encryption((switches & 4) != 0 ? Session::Encryption::required : Session::Encryption::on);
  (void)rig.invite(file);
  rig.listener.peer_connects(airlift::testing::test_endpoint(1, 41000));
  (void)rig.session.loop(rig.other, rig.now);
  rig.stream.most_per_read = data[1] == 0 ? 1 : data[1];
  if ((switches & 1) != 0) {
    airlift::wire::Offer offer = airlift::testing::offer_of(file);
    offer.compressed = (switches & 2) != 0;
    rig.stream.deliver(rig.frame(offer));
  }
  rig.stream.deliver({reinterpret_cast<const char*>(data) + 2, size - 2});
  if ((switches & 8) != 0) rig.stream.peer_closes();
  run_to_the_end(rig);
  return 0;
}
