// One device's life over scripted ports: it starts empty, takes an upload, starts the new image and confirms
// it. What stands here, and start.cpp, is not counted.

#include <algorithm>

#include "airlift/codec/text.hpp"
#include "airlift/wire/password.hpp"
#include "harness/absent.hpp"
#include "harness/machine.hpp"
#include "harness/ports.hpp"
#include "harness/signed_image.hpp"

namespace airlift::probe {
namespace {

constexpr std::uint32_t sector_bytes{4096};
constexpr std::uint32_t image_sectors{(image_bytes + trailer.size()) / sector_bytes + 1};

boot::FlashMap map() {
  return boot::uniform_map({sector_bytes, image_sectors * sector_bytes});
}

class ScriptedFlash final : public port::Flash {
 public:
  ScriptedFlash() { memory_.fill(0xFF); }
  [[nodiscard]] port::FlashGeometry geometry() const override {
    return {static_cast<std::uint32_t>(memory_.size()), sector_bytes, 4};
  }
  Status flush() override { return {}; }

 private:
  Status do_read(std::uint32_t address, MutableBytes into) override {
    std::copy_n(memory_.begin() + address, into.size(), into.begin());
    return {};
  }
  Status do_erase_sector(std::uint32_t address) override {
    std::fill_n(memory_.begin() + address, sector_bytes, std::uint8_t{0xFF});
    return {};
  }
  Status do_program(std::uint32_t address, Bytes bytes) override {
    std::copy(bytes.begin(), bytes.end(), memory_.begin() + address);
    return {};
  }
  std::array<std::uint8_t, (8 + 2 * (image_sectors + 1)) * sector_bytes> memory_{};
};

/// Byte by byte; the trailer last.
std::uint8_t file_byte(std::uint32_t at) {
  return at < image_bytes ? image_byte(at) : trailer[at - image_bytes];
}
constexpr std::uint32_t file_bytes{image_bytes + trailer.size()};

class ScriptedEntropy final : public port::Entropy {
  Status fill(MutableBytes into) override {
    std::fill(into.begin(), into.end(), std::uint8_t{7});
    return {};
  }
};

/// An uploader as espota: invites, answers the challenge.
class ScriptedSocket final : public port::DatagramSocket {
 public:
  Status open(std::uint16_t) override { return {}; }
  void close() override {}

  std::optional<Received> receive(MutableBytes into) override {
    if (next_.empty()) return std::nullopt;
    std::copy_n(next_.view().begin(), next_.size(), into.begin());
    const Received received{uploader_, next_.size()};
    next_.clear();
    return received;
  }

  Status send(Bytes datagram, const port::Endpoint&) override {
    const std::string_view reply = as_text(datagram);
    constexpr std::string_view challenge{wire::challenge_prefix};
    if (reply.substr(0, challenge.size()) == challenge) {
      answer(reply.substr(challenge.size()));
    } else if (reply != wire::ok_answer) {
      fail(reply);
    }
    return {};
  }

  void invite() {
    crypto::Md5 md5;
    for (std::uint32_t at = 0; at < file_bytes; ++at) {
      const std::uint8_t byte = file_byte(at);
      md5.update({&byte, 1});
    }
    next_ = Text{"0 5000 "}.append_number(file_bytes).append(" ");
    next_.append(codec::view(codec::to_hex(md5.finish()))).append("\n");
  }

 private:
  using Text = FixedString<200>;

  void answer(std::string_view nonce) {
    wire::PasswordProof proof{"secret", wire::StoredHash::sha256, nonce, nonce, wire::PasswordScheme::sha256};
    proof.step(wire::pbkdf2_rounds);
    next_ = Text{"200 "}.append(nonce).append(" ").append(proof.response()).append("\n");
  }

  port::Endpoint uploader_{port::IpAddress{}, 4000};
  Text next_;
};

/// Not string_view's, which would then be counted for devices that do without.
bool contains(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end()) != text.end();
}

/// Sends a head, the file and a tail; is over once the answer holds `good`.
class ScriptedStream final : public port::Stream {
 public:
  ScriptedStream(std::string_view head, std::string_view tail, std::string_view good)
      : head_{head}, tail_{tail}, good_{good} {}

  Status connect(const port::Endpoint&) override {
    open();
    return {};
  }
  void open() { state_ = State::open; }
  State state() override { return state_; }
  Result<Read> read(MutableBytes into) override {
    constexpr std::size_t segment_bytes{1460};
    const std::size_t left = head_.size() + file_bytes + tail_.size() - sent_;
    const std::size_t count = std::min({into.size(), segment_bytes, left});
    for (std::size_t i = 0; i < count; ++i) into[i] = byte_at(sent_++);
    return Read{count, told_};
  }
  Result<std::size_t> write(Bytes bytes) override {
    const std::string_view words = as_text(bytes);
    if (contains(words, "ERR") || contains(words, "HTTP/1.1 4")) fail(words);
    told_ = told_ || contains(words, good_);
    return bytes.size();
  }
  void close() override { state_ = State::closed; }

 private:
  [[nodiscard]] std::uint8_t byte_at(std::size_t at) const {
    if (at < head_.size()) return static_cast<std::uint8_t>(head_[at]);
    at -= head_.size();
    return at < file_bytes ? file_byte(static_cast<std::uint32_t>(at))
                           : static_cast<std::uint8_t>(tail_[at - file_bytes]);
  }

  std::string_view head_;
  std::string_view tail_;
  std::string_view good_;
  State state_{State::closed};
  std::size_t sent_{0};
  bool told_{false};  ///< how it ended
};

/// A browser's one connection.
class ScriptedPool final : public port::StreamPool {
 public:
  explicit ScriptedPool(ScriptedStream& stream) : stream_{stream} {}
  void upload() { waits_ = true; }
  Status listen(std::uint16_t) override { return {}; }
  void close() override {}
  std::optional<Connection> accept() override {
    if (!waits_) return std::nullopt;
    waits_ = false;
    stream_.open();
    return Connection{&stream_, {}};
  }
  bool someone_waits() override { return waits_; }

 private:
  ScriptedStream& stream_;
  bool waits_{false};
};

/// An update server that has the file.
class ScriptedServer final : public port::HttpClient {
 public:
  Status start(const Request& request) override {
    from_ = 0;
    response_ = {};
    response_.status = 200;
    response_.etag = "\"1\"";
    for (const Header& header : request.headers) {
      if (header.name == "Range") from_ = file_bytes - longest_tail_bytes;
    }
    if (from_ > 0) {
      response_.status = 206;
      range_ = Text{"bytes "}.append_number(from_).append("-").append_number(file_bytes - 1);
      response_.content_range = range_.append("/").append_number(file_bytes);
    }
    response_.content_length = file_bytes - from_;
    state_ = State::responding;
    return {};
  }
  State state() override { return state_; }
  const Response& response() const override { return response_; }
  Result<Read> read(MutableBytes into) override {
    const std::size_t count = std::min<std::size_t>(into.size(), file_bytes - from_);
    for (std::size_t i = 0; i < count; ++i) into[i] = file_byte(from_++);
    if (from_ == file_bytes) state_ = State::idle;
    return Read{count, from_ == file_bytes};
  }
  UpdateError error() const override { return UpdateError::none; }
  void cancel() override { state_ = State::idle; }

 private:
  using Text = FixedString<64>;
  static constexpr std::uint32_t longest_tail_bytes{768};

  State state_{State::idle};
  Response response_;
  Text range_;
  std::uint32_t from_{0};
};

constexpr std::string_view form_head{
    "--x\r\nContent-Disposition: form-data; name=\"firmware\"; filename=\"f.bin\"\r\n\r\n"};
constexpr std::string_view form_tail{"\r\n--x--\r\n"};

}  // namespace

void run() {
  static FixedString<512> head{
      "POST /update HTTP/1.1\r\nHost: probe.local\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\n"
      "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: "};
  head.append_number(form_head.size() + file_bytes + form_tail.size()).append("\r\n\r\n").append(form_head);
  static ScriptedFlash flash;
  static ScriptedSocket socket;
  static ScriptedStream stream{{}, {}, wire::ok_answer};
  static ScriptedStream browser{head, form_tail, "Success"};
  static ScriptedPool pool{browser};
  static ScriptedServer server;
  static ScriptedEntropy entropy;
  static SilentLog log;
  static PatientSystem system;
  static NoCalendar calendar;
  static NoAdvertiser advertiser;
  static NoStream no_stream;
  static NoListener listener;
  static NoPool no_pool;
  static NoIdentity identity;
  static NoFiles files;
  static NoInfo info;
  static NoOffers offers;
  static const Ports ports{flash,    map(),    socket,     stream,    entropy,  key,  log,
                           system,   calendar, advertiser, no_stream, listener, pool, no_pool,
                           identity, files,    info,       server,    offers};
  if (start(ports)) fail("a new image before there was one");
  if (way == Way::espota) socket.invite();
  if (way == Way::page) pool.upload();
  Instant now;
  while (loop(now) == Progress::running) {
    now += milliseconds{1};
    if (now > Instant{} + seconds{60}) fail("the upload does not end");
  }
  if (!start(ports)) fail("the new image was not started");
}

}  // namespace airlift::probe
