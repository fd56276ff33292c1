// A whole check against a server that answers whatever it likes: airlift/pull/update_element.hpp. Nothing but
// what it has sent in one piece may be installed. The input is records: what to answer, how much body, bytes.

#include <algorithm>
#include <array>
#include <string>

#include "airlift/image/trailer.hpp"
#include "require.hpp"
#include "support/pull_rig.hpp"

using airlift::fuzz::require;
using airlift::testing::HttpAsked;
using airlift::testing::HttpGiven;

namespace {

/// Takes bytes off the input; zeros when it is used up.
class Input {
 public:
  explicit Input(airlift::Bytes bytes) : rest_{bytes} {}
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const std::uint8_t first = rest_[0];
    rest_ = rest_.subspan(1);
    return first;
  }
  std::size_t number() { return std::size_t{byte()} * 256 + byte(); }
  [[nodiscard]] bool used_up() const { return rest_.empty(); }

 private:
  airlift::Bytes rest_;
};

constexpr std::array statuses{200, 206, 206, 304, 302, 404, 412, 416, 503, 500};

/// Mostly what an honest server would say, with one thing or another wrong.
HttpGiven answer(Input& input, airlift::testing::FileServer& server, const HttpAsked& asked) {
  const std::uint8_t wrong = input.byte();
  server.knows_ranges = (wrong & 1) == 0;
  if ((wrong & 2) != 0) {
    // Another file has another tag: no client can do anything about a server that gets that wrong.
    server.file = airlift::testing::test_image(1 + input.number() % 8192, wrong);
    server.etag = "\"" + airlift::testing::sha256_hex(server.file) + "\"";
  }
  HttpGiven given = server(asked);
  if ((wrong & 4) != 0) given.status = statuses[input.byte() % statuses.size()];
  if ((wrong & 8) != 0) {
    given.content_range = "bytes " + std::to_string(input.number()) + "-" + std::to_string(input.number()) +
                          "/" + std::to_string(input.number());
  }
  if ((wrong & 16) != 0) given.content_length = input.number();
  if ((wrong & 32) != 0) given.cut_after = input.number();
  if ((wrong & 64) != 0) given.location = "https://b.example/" + std::to_string(input.byte());
  if (given.status == 503) given.retry_after = std::to_string(input.byte());
  return given;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input{{data, size}};
  airlift::testing::PullRig rig;
  rig.set("update", "redirects", "any");
  rig.start_with(airlift::testing::test_image(3000, 1));
  rig.file_server.file = airlift::testing::test_image(5000, 2);
  const std::size_t number = input.number();
  rig.http.piece_bytes = 1 + number;
  rig.http.end = static_cast<airlift::testing::FakeHttpClient::End>(number % 2);
  std::vector<std::string> sent;  // every file of which anything was given, and every whole answer
  rig.serve([&](const HttpAsked& asked) {
    HttpGiven given = answer(input, rig.file_server, asked);
    sent.push_back(rig.file_server.file);
    if (given.status == 200) sent.push_back(given.body);  // whatever it is: it says that this is all
    return given;
  });
  const std::string last = rig.check_to_the_end(airlift::seconds{7200});
  require(!last.empty(), "every check ends");
  require(rig.http.state() == airlift::port::HttpClient::State::idle, "no connection is left over");
  require(rig.http.asked.size() <= 200, "no server is asked without end");
  const std::string staged = rig.storage.staged_image();
  require(staged.empty() == (last != "installed ok"), "what is installed is staged");
  require(staged.empty() || std::find(sent.begin(), sent.end(), staged) != sent.end(),
          "only what was sent as one file is installed");
  rig.run();
  require(!rig.ota.busy(), "nothing is left over");
  return 0;
}
