#pragma once
// What every Listener and every StreamPool does.

#include "airlift/port/stream_pool.hpp"
#include "contract/portable/network_subject.hpp"

namespace airlift::contract {

/// Whoever connects to what is tested.
class ConnectingPeers : public NetworkSubject {
 public:
  virtual void peer_connects() = 0;
  /// Of the peer that connected last.
  [[nodiscard]] virtual port::Endpoint peer_endpoint() = 0;
  /// The peer that connected last; once it is accepted.
  virtual void peer_sends(std::string_view text) = 0;
  /// A port that cannot be listened on.
  [[nodiscard]] virtual std::uint16_t taken_port() = 0;

  [[nodiscard]] bool reads(port::Stream& stream, std::string_view text) {
    return ReadText{*this, stream, text.size()}.text() == text;
  }
};

class ListenerSubject : public ConnectingPeers {
 public:
  [[nodiscard]] virtual port::Listener& tested() = 0;
  /// The one that tested() was made with.
  [[nodiscard]] virtual port::Stream& stream() = 0;

  /// The next connection is that of the peer that connected last.
  [[nodiscard]] bool accepts_the_last() {
    std::optional<port::Endpoint> peer;
    return comes_about([&] { return (peer = tested().accept()).has_value(); }) && peer == peer_endpoint();
  }
};

inline constexpr Case<ListenerSubject> listener_cases[]{
    {"GivesNothingUntilSomebodyConnects",
     [](ListenerSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, !subject.tested().accept());
       subject.tested().close();
       AIRLIFT_EXPECT(verdict, subject.tested().listen(0).ok());
       AIRLIFT_EXPECT(verdict, !subject.tested().accept());
       AIRLIFT_EXPECT(verdict, subject.stream().state() == port::Stream::State::closed);
     }},

    {"OpensItsStreamAndTellsThePeer",
     [](ListenerSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.tested().listen(0).ok());
       subject.peer_connects();
       AIRLIFT_EXPECT(verdict, subject.accepts_the_last());
       AIRLIFT_EXPECT(verdict, subject.stream().state() == port::Stream::State::open);
       subject.peer_sends("hello");
       AIRLIFT_EXPECT(verdict, subject.reads(subject.stream(), "hello"));
       const auto written = subject.stream().write(as_bytes("answer"));
       AIRLIFT_EXPECT(verdict, written.ok() && written.value() == 6);
     }},

    {"LetsOthersWaitUntilTheStreamIsClosed",
     [](ListenerSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.tested().listen(0).ok());
       subject.peer_connects();
       AIRLIFT_EXPECT(verdict, subject.accepts_the_last());
       subject.peer_connects();
       AIRLIFT_EXPECT(verdict, !subject.tested().accept());
       AIRLIFT_EXPECT(verdict, subject.stream().state() == port::Stream::State::open);
       subject.stream().close();
       AIRLIFT_EXPECT(verdict, subject.accepts_the_last());
       AIRLIFT_EXPECT(verdict, subject.stream().state() == port::Stream::State::open);
     }},

    {"KeepsTheConnectionWhenItStopsListening",
     [](ListenerSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.tested().listen(0).ok());
       subject.peer_connects();
       AIRLIFT_EXPECT(verdict, subject.accepts_the_last());
       subject.tested().close();
       subject.peer_sends("still here");
       AIRLIFT_EXPECT(verdict, subject.reads(subject.stream(), "still here"));
     }},

    {"ForgetsWhoWaitedWhenItListensAnew",
     [](ListenerSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.tested().listen(0).ok());
       subject.peer_connects();
       AIRLIFT_EXPECT(verdict, subject.tested().listen(0).ok());
       AIRLIFT_EXPECT(verdict, !subject.tested().accept());
       subject.peer_connects();
       AIRLIFT_EXPECT(verdict, subject.accepts_the_last());
     }},

    {"RefusesAPortThatIsTaken",
     [](ListenerSubject& subject, Verdict& verdict) {
       const Status listening = subject.tested().listen(subject.taken_port());
       AIRLIFT_EXPECT(verdict, listening.error() == UpdateError::network_failed);
       AIRLIFT_EXPECT(verdict, !subject.tested().accept());
     }},
};

/// A pool of two.
class StreamPoolSubject : public ConnectingPeers {
 public:
  [[nodiscard]] virtual port::StreamPool& tested() = 0;

  /// Accepts the peer that connected last; a null stream when it does not come about.
  [[nodiscard]] port::Stream* accept_the_last() {
    std::optional<port::StreamPool::Connection> connection;
    const bool came = comes_about([&] { return (connection = tested().accept()).has_value(); });
    return came && connection->peer == peer_endpoint() ? connection->stream : nullptr;
  }
  /// The same of a new peer.
  [[nodiscard]] port::Stream* accept_a_new_one() {
    peer_connects();
    return accept_the_last();
  }
};

inline constexpr Case<StreamPoolSubject> stream_pool_cases[]{
    {"GivesNothingUntilSomebodyConnects",
     [](StreamPoolSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, !subject.tested().accept());
       AIRLIFT_EXPECT(verdict, !subject.tested().someone_waits());
       subject.tested().close();
       AIRLIFT_EXPECT(verdict, subject.tested().listen(0).ok());
       AIRLIFT_EXPECT(verdict, !subject.tested().accept());
       AIRLIFT_EXPECT(verdict, !subject.tested().someone_waits());
     }},

    {"GivesEachConnectionAStreamOfItsOwn",
     [](StreamPoolSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.tested().listen(0).ok());
       port::Stream* const first = subject.accept_a_new_one();
       AIRLIFT_EXPECT(verdict, first != nullptr);
       if (first == nullptr) return;
       AIRLIFT_EXPECT(verdict, first->state() == port::Stream::State::open);
       subject.peer_sends("first");
       port::Stream* const second = subject.accept_a_new_one();
       AIRLIFT_EXPECT(verdict, second != nullptr && second != first);
       if (second == nullptr) return;
       subject.peer_sends("second");
       AIRLIFT_EXPECT(verdict, subject.reads(*second, "second"));
       AIRLIFT_EXPECT(verdict, subject.reads(*first, "first"));
       const auto written = first->write(as_bytes("answer"));
       AIRLIFT_EXPECT(verdict, written.ok() && written.value() == 6);
     }},

    {"LetsOthersWaitUntilAStreamIsClosed",
     [](StreamPoolSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.tested().listen(0).ok());
       port::Stream* const first = subject.accept_a_new_one();
       port::Stream* const second = subject.accept_a_new_one();
       AIRLIFT_EXPECT(verdict, first != nullptr && second != nullptr);
       if (first == nullptr || second == nullptr) return;
       AIRLIFT_EXPECT(verdict, !subject.tested().someone_waits());
       subject.peer_connects();
       AIRLIFT_EXPECT(verdict, subject.comes_about([&] { return subject.tested().someone_waits(); }));
       AIRLIFT_EXPECT(verdict, !subject.tested().accept());
       AIRLIFT_EXPECT(verdict, second->state() == port::Stream::State::open);
       first->close();
       AIRLIFT_EXPECT(verdict, subject.accept_the_last() != nullptr);
       AIRLIFT_EXPECT(verdict, !subject.tested().someone_waits());
     }},

    {"KeepsConnectionsWhenItStopsListening",
     [](StreamPoolSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.tested().listen(0).ok());
       port::Stream* const stream = subject.accept_a_new_one();
       AIRLIFT_EXPECT(verdict, stream != nullptr);
       if (stream == nullptr) return;
       subject.tested().close();
       AIRLIFT_EXPECT(verdict, !subject.tested().someone_waits());
       AIRLIFT_EXPECT(verdict, !subject.tested().accept());
       subject.peer_sends("still here");
       AIRLIFT_EXPECT(verdict, subject.reads(*stream, "still here"));
       stream->close();
     }},

    {"ForgetsWhoWaitedWhenItListensAnew",
     [](StreamPoolSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.tested().listen(0).ok());
       subject.peer_connects();
       AIRLIFT_EXPECT(verdict, subject.tested().listen(0).ok());
       AIRLIFT_EXPECT(verdict, !subject.tested().someone_waits());
       AIRLIFT_EXPECT(verdict, !subject.tested().accept());
       AIRLIFT_EXPECT(verdict, subject.accept_a_new_one() != nullptr);
     }},

    {"RefusesAPortThatIsTakenAndCanTryAnother",
     [](StreamPoolSubject& subject, Verdict& verdict) {
       const Status listening = subject.tested().listen(subject.taken_port());
       AIRLIFT_EXPECT(verdict, listening.error() == UpdateError::network_failed);
       AIRLIFT_EXPECT(verdict, !subject.tested().accept());
       AIRLIFT_EXPECT(verdict, subject.tested().listen(0).ok());
     }},
};

}  // namespace airlift::contract
