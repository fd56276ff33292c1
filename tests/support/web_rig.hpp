#pragma once
// The web element on a board whose ports are all fakes, and a browser's hands to speak to it.

#include <memory>
#include <string>
#include <string_view>

#include "airlift/web/web_element.hpp"
#include "support/fake_config_store.hpp"
#include "support/fake_stream_pool.hpp"
#include "support/fake_system_info.hpp"
#include "support/ota_rig.hpp"

namespace airlift::testing {

inline constexpr std::string_view page_bytes{"\x1f\x8b the page"};

/// One answer, taken apart.
struct HttpAnswer {
  int status{0};
  std::string head;
  std::string body;  ///< without the frame of its chunks

  /// The value of a header; empty: there is none.
  [[nodiscard]] std::string header(std::string_view name) const {
    const std::string start = "\r\n" + std::string{name} + ": ";
    const std::size_t at = head.find(start);
    if (at == std::string::npos) return {};
    const std::size_t from = at + start.size();
    return head.substr(from, head.find("\r\n", from) - from);
  }
};

/// Cuts the first answer off `text`. Status 0: it is not whole.
[[nodiscard]] inline HttpAnswer take_answer(std::string& text) {
  HttpAnswer answer;
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string::npos) return {};
  answer.head = text.substr(0, end + 2);
  text.erase(0, end + 4);
  answer.status = std::stoi(answer.head.substr(9, 3));
  if (answer.header("Transfer-Encoding") == "chunked") {
    for (;;) {
      const std::size_t line = text.find("\r\n");
      if (line == std::string::npos) return {};
      const std::size_t size = std::stoul(text.substr(0, line), nullptr, 16);
      answer.body += text.substr(line + 2, size);
      text.erase(0, line + 2 + size + 2);
      if (size == 0) return answer;
    }
  }
  const std::string length = answer.header("Content-Length");
  const std::size_t size = length.empty() ? 0 : std::stoul(length);
  answer.body = text.substr(0, size);
  text.erase(0, size);
  return answer;
}

struct WebRig : OtaRig {
  static constexpr std::size_t connection_count{3};

  WebRig() {
    (void)registry.add("web", web, element::Presence::when_configured_even_bare);
    set("device", "name", "lamp");
    set("web", "title", "page");
  }

  /// A connection comes in.
  FakeStream& connect(std::uint8_t last = 1) {
    plain.peer_connects(test_endpoint(last, 40000));
    run();
    return *plain.last_accepted;
  }
  /// Says `bytes` and takes the first answer.
  HttpAnswer say(FakeStream& stream, std::string_view bytes) {
    stream.written.clear();
    stream.deliver(bytes);
    run();
    return take_answer(stream.written);
  }
  /// Says `bytes` piece by piece.
  HttpAnswer say_in_pieces(FakeStream& stream, std::string_view bytes, std::size_t piece_bytes) {
    stream.written.clear();
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece_bytes, bytes.size()))) {
      stream.deliver(bytes.substr(0, piece_bytes));
      run();
    }
    return take_answer(stream.written);
  }
  /// On a connection of its own.
  HttpAnswer ask(std::string_view bytes, std::uint8_t last = 1) {
    FakeStream& stream = connect(last);
    const HttpAnswer answer = say(stream, bytes);
    stream.peer_closes();
    run(seconds{11});
    return answer;
  }

  FakeAdvertiser http_advertiser;
  FakeAdvertiser homeding_advertiser;
  FakeStreamPool plain{connection_count};
  FakeStreamPool encrypted{connection_count};
  FakeTlsIdentity identity;
  FakeConfigStore files;
  FakeSystemInfo system_info;
  std::array<web::WebConnection, connection_count> connections;
  web::WebElement web{
      {plain, encrypted, identity, files, system_info, entropy, http_advertiser, homeding_advertiser},
      ota,
      connections,
      {as_bytes(page_bytes), "\"etag\""}};
};

/// A request as text, with a Host and whatever `headers` say, whole lines.
[[nodiscard]] inline std::string request(std::string_view line, std::string_view headers = {},
                                         std::string_view body = {}) {
  std::string text{line};
  text.append(" HTTP/1.1\r\nHost: lamp.local\r\n").append(headers);
  if (!body.empty()) text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  return text.append("\r\n").append(body);
}

/// A body as browsers and curl make it, with its Content-Type line.
inline constexpr std::string_view form_boundary{"----boundary7MA4YWxk"};
[[nodiscard]] inline std::string form_type() {
  return "Content-Type: multipart/form-data; boundary=" + std::string{form_boundary} + "\r\n";
}
[[nodiscard]] inline std::string form_with(std::string_view file, std::string_view field = "firmware") {
  std::string body{"--"};
  body.append(form_boundary).append("\r\nContent-Disposition: form-data; name=\"").append(field);
  body.append("\"; filename=\"f.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n").append(file);
  return body.append("\r\n--").append(form_boundary).append("--\r\n");
}
[[nodiscard]] inline std::string upload(std::string_view file, std::string_view field = "firmware",
                                        std::string_view headers = {}) {
  return request("POST /update", form_type() + std::string{headers}, form_with(file, field));
}

}  // namespace airlift::testing
