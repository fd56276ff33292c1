#pragma once
// What every Stream does.

#include "contract/portable/network_subject.hpp"

namespace airlift::contract {

class StreamSubject : public NetworkSubject {
 public:
  using State = port::Stream::State;

  [[nodiscard]] virtual port::Stream& tested() = 0;
  /// connect() to a peer; false when it does not come about.
  [[nodiscard]] virtual bool connects() = 0;
  /// The same again, to a new peer.
  [[nodiscard]] virtual bool connects_again() = 0;
  /// connect() to where nobody listens.
  virtual void begin_to_connect_in_vain() = 0;
  /// Reads what has come; what does not fit into received() is dropped.
  virtual void peer_reads() = 0;
  virtual void peer_sends(std::string_view text) = 0;
  virtual void peer_ends_data() = 0;
  virtual void peer_resets() = 0;
  [[nodiscard]] virtual std::string_view peer_received() = 0;
  [[nodiscard]] virtual bool peer_saw_end() = 0;
  /// From now on only so much is taken as a peer that does not read leaves room for.
  virtual void limit_room() {}

  [[nodiscard]] UpdateError read_error() {
    std::array<std::uint8_t, 16> buffer{};
    return tested().read(buffer).error();
  }
  [[nodiscard]] UpdateError write_error() { return tested().write(as_bytes("x")).error(); }
  [[nodiscard]] bool writes(std::string_view text) {
    const auto written = tested().write(as_bytes(text));
    return written.ok() && written.value() == text.size();
  }
  [[nodiscard]] bool peer_receives(std::string_view text) {
    return comes_about([&] {
      peer_reads();
      return peer_received() == text;
    });
  }
  /// Writes until nothing more is taken; false when there is no end.
  [[nodiscard]] bool fills_up() {
    static constexpr std::array<std::uint8_t, 1024> block{};
    std::size_t taken{1};
    for (int blocks = 0; blocks < 65536 && taken > 0; ++blocks) {
      const auto written = tested().write(block);
      if (!written.ok()) return false;
      taken = written.value();
    }
    return taken == 0;
  }
  /// Any port of the same address will do: it is refused before it is used.
  [[nodiscard]] Status connects_once_more() {
    return tested().connect({{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127, 0, 0, 1}}, 9, 0});
  }
};

inline constexpr Case<StreamSubject> stream_cases[]{
    {"DoesNothingWhenClosed",
     [](StreamSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.tested().state() == StreamSubject::State::closed);
       AIRLIFT_EXPECT(verdict, subject.read_error() == UpdateError::connection_lost);
       AIRLIFT_EXPECT(verdict, subject.write_error() == UpdateError::connection_lost);
       subject.tested().close();
       AIRLIFT_EXPECT(verdict, subject.tested().state() == StreamSubject::State::closed);
     }},

    {"CarriesBytesBothWays",
     [](StreamSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.connects());
       std::array<std::uint8_t, 16> buffer{};
       const auto nothing_yet = subject.tested().read(buffer);
       AIRLIFT_EXPECT(verdict, nothing_yet.ok() && nothing_yet.value().count == 0);
       AIRLIFT_EXPECT(verdict, nothing_yet.ok() && !nothing_yet.value().end_of_data);
       subject.peer_sends("a text longer than the buffer");
       const ReadText read{subject, subject.tested(), 29};
       AIRLIFT_EXPECT(verdict, read.text() == "a text longer than the buffer");
       AIRLIFT_EXPECT(verdict, !read.ended);
       AIRLIFT_EXPECT(verdict, subject.writes("answer"));
       AIRLIFT_EXPECT(verdict, subject.peer_receives("answer"));
     }},

    {"ConnectsOnceAtATime",
     [](StreamSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.connects());
       AIRLIFT_EXPECT(verdict, subject.connects_once_more().error() == UpdateError::network_failed);
       AIRLIFT_EXPECT(verdict, subject.tested().state() == StreamSubject::State::open);
     }},

    {"FailsWhenNobodyListensAndCanBeUsedAgain",
     [](StreamSubject& subject, Verdict& verdict) {
       subject.begin_to_connect_in_vain();
       const bool failed =
           subject.comes_about([&] { return subject.tested().state() == StreamSubject::State::failed; });
       AIRLIFT_EXPECT(verdict, failed);
       AIRLIFT_EXPECT(verdict, subject.read_error() == UpdateError::connection_lost);
       AIRLIFT_EXPECT(verdict, subject.connects_once_more().error() == UpdateError::network_failed);
       subject.tested().close();
       AIRLIFT_EXPECT(verdict, subject.tested().state() == StreamSubject::State::closed);
       AIRLIFT_EXPECT(verdict, subject.connects_again());
       AIRLIFT_EXPECT(verdict, subject.tested().state() == StreamSubject::State::open);
     }},

    {"TellsTheEndOfDataBehindTheDataAndStillWrites",
     [](StreamSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.connects());
       subject.peer_sends("last words of more than 16 bytes");
       subject.peer_ends_data();
       const ReadText read{subject, subject.tested(), 100};
       AIRLIFT_EXPECT(verdict, read.text() == "last words of more than 16 bytes");
       AIRLIFT_EXPECT(verdict, read.ended);
       const ReadText again{subject, subject.tested(), 100};
       AIRLIFT_EXPECT(verdict, again.size == 0 && again.ended);
       AIRLIFT_EXPECT(verdict, subject.tested().state() == StreamSubject::State::open);
       AIRLIFT_EXPECT(verdict, subject.writes("OK"));
       AIRLIFT_EXPECT(verdict, subject.peer_receives("OK"));
     }},

    {"FailsWhenThePeerResets",
     [](StreamSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.connects());
       subject.peer_resets();
       const bool lost =
           subject.comes_about([&] { return subject.read_error() == UpdateError::connection_lost; });
       AIRLIFT_EXPECT(verdict, lost);
       AIRLIFT_EXPECT(verdict, subject.tested().state() == StreamSubject::State::failed);
       AIRLIFT_EXPECT(verdict, subject.write_error() == UpdateError::connection_lost);
       subject.tested().close();
       AIRLIFT_EXPECT(verdict, subject.tested().state() == StreamSubject::State::closed);
     }},

    {"TakesNoMoreThanThereIsRoomFor",
     [](StreamSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.connects());
       subject.limit_room();
       AIRLIFT_EXPECT(verdict, subject.fills_up());
       const bool room_again = subject.comes_about([&] {
         subject.peer_reads();
         const auto written = subject.tested().write(as_bytes("more"));
         return written.ok() && written.value() > 0;
       });
       AIRLIFT_EXPECT(verdict, room_again);
     }},

    {"DeliversWhatWasWrittenBeforeClose",
     [](StreamSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.connects());
       subject.peer_sends("never read");
       AIRLIFT_EXPECT(verdict, subject.writes("OK"));
       subject.tested().close();
       AIRLIFT_EXPECT(verdict, subject.tested().state() == StreamSubject::State::closed);
       const bool saw_end = subject.comes_about([&] {
         subject.peer_reads();
         return subject.peer_saw_end();
       });
       AIRLIFT_EXPECT(verdict, saw_end);
       AIRLIFT_EXPECT(verdict, subject.peer_received() == "OK");
     }},

    {"ForgetsTheOldConnectionInTheNext",
     [](StreamSubject& subject, Verdict& verdict) {
       AIRLIFT_EXPECT(verdict, subject.connects());
       subject.peer_ends_data();
       AIRLIFT_EXPECT(verdict, (ReadText{subject, subject.tested(), 1}.ended));
       subject.tested().close();
       AIRLIFT_EXPECT(verdict, subject.connects_again());
       subject.peer_sends("new");
       const ReadText read{subject, subject.tested(), 3};
       AIRLIFT_EXPECT(verdict, read.text() == "new");
       AIRLIFT_EXPECT(verdict, !read.ended);
     }},
};

}  // namespace airlift::contract
