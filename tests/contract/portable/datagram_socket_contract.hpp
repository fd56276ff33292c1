#pragma once
// What every DatagramSocket does.

#include "contract/portable/network_subject.hpp"

namespace airlift::contract {

class DatagramSubject : public NetworkSubject {
 public:
  [[nodiscard]] virtual port::DatagramSocket& tested() = 0;
  /// To the open socket.
  virtual void peer_sends(std::string_view text) = 0;
  /// The next datagram; nothing when none comes.
  [[nodiscard]] virtual Inbox peer_receives() = 0;
  [[nodiscard]] virtual port::Endpoint peer_endpoint() = 0;
  /// A port that cannot be opened.
  [[nodiscard]] virtual std::uint16_t taken_port() = 0;

  [[nodiscard]] std::optional<port::DatagramSocket::Received> receive(MutableBytes into) {
    std::optional<port::DatagramSocket::Received> received;
    return comes_about([&] { return (received = tested().receive(into)).has_value(); }) ? received
                                                                                        : std::nullopt;
  }
  [[nodiscard]] bool receives(std::string_view expected) {
    std::array<std::uint8_t, 100> buffer{};
    const auto received = receive(buffer);
    return received && as_text(Bytes{buffer}.first(received->size_bytes)) == expected;
  }
  [[nodiscard]] bool nothing_waits() {
    std::array<std::uint8_t, 100> buffer{};
    return !tested().receive(buffer).has_value();
  }
};

inline constexpr Case<DatagramSubject> datagram_socket_cases[]{
    {"DoesNothingWhenClosed",
     [](DatagramSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.nothing_waits());
       const Status sent = subject.tested().send(as_bytes("x"), subject.peer_endpoint());
       AIRLIFT_EXPECT(verdict, sent.error() == UpdateError::network_failed);
       subject.tested().close();
     }},

    {"ReceivesInOrderAndTellsTheSender",
     [](DatagramSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.tested().open(0).ok());
       AIRLIFT_EXPECT(verdict, subject.nothing_waits());
       subject.peer_sends("first");
       subject.peer_sends("");
       subject.peer_sends("third");
       std::array<std::uint8_t, 100> buffer{};
       const auto received = subject.receive(buffer);
       AIRLIFT_EXPECT(verdict, received && received->from == subject.peer_endpoint());
       AIRLIFT_EXPECT(verdict, received && as_text(Bytes{buffer}.first(received->size_bytes)) == "first");
       AIRLIFT_EXPECT(verdict, subject.receives(""));
       AIRLIFT_EXPECT(verdict, subject.receives("third"));
       AIRLIFT_EXPECT(verdict, subject.nothing_waits());
     }},

    {"ShowsThatADatagramWasLonger",
     [](DatagramSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.tested().open(0).ok());
       subject.peer_sends("0123456789");
       std::array<std::uint8_t, 4> buffer{};
       const auto received = subject.receive(buffer);
       AIRLIFT_EXPECT(verdict, received && received->size_bytes == 10);
       AIRLIFT_EXPECT(verdict, as_text(buffer) == "0123");
       AIRLIFT_EXPECT(verdict, subject.nothing_waits());
     }},

    {"Sends",
     [](DatagramSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.tested().open(0).ok());
       AIRLIFT_EXPECT(verdict, subject.tested().send(as_bytes("hello"), subject.peer_endpoint()).ok());
       AIRLIFT_EXPECT(verdict, subject.peer_receives().text() == "hello");
     }},

    {"ForgetsWhatWaitedWhenOpenedAnew",
     [](DatagramSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.tested().open(0).ok());
       subject.peer_sends("old");
       AIRLIFT_EXPECT(verdict, subject.tested().open(0).ok());
       AIRLIFT_EXPECT(verdict, subject.nothing_waits());
       subject.peer_sends("new");
       AIRLIFT_EXPECT(verdict, subject.receives("new"));
     }},

    {"RefusesAPortThatIsTaken",
     [](DatagramSubject& subject, Verdict& verdict) {
       const Status opened = subject.tested().open(subject.taken_port());
       AIRLIFT_EXPECT(verdict, opened.error() == UpdateError::network_failed);
       const Status sent = subject.tested().send(as_bytes("x"), subject.peer_endpoint());
       AIRLIFT_EXPECT(verdict, sent.error() == UpdateError::network_failed);
     }},
};

}  // namespace airlift::contract
