#include "discovery_protocol.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "push_rig.hpp"

namespace airlift::testing {
namespace {

using cli::DiscoveryProtocol;
using EventKind = posix::BrowserEvent::Kind;
using Json = nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view greeting{"HELLO 1 \"arduino-cli 1.2.3\"\n"};

std::vector<Json> messages(const std::string& output) {
  std::vector<Json> result;
  std::istringstream lines{output};
  for (std::string line; std::getline(lines, line);) result.push_back(Json::parse(line));
  return result;
}

/// `add 192.168.1.20`, `hello OK`, `list: error`: what kind of messages these are.
std::vector<std::string> gist(const std::string& output) {
  std::vector<std::string> result;
  for (const Json& json : messages(output)) {
    std::string text = json.at("eventType");
    if (json.contains("error")) text += ": error";
    if (json.value("message", "") == "OK") text += " OK";
    if (json.contains("port")) text += " " + json["port"].at("address").get<std::string>();
    result.push_back(text);
  }
  return result;
}

posix::BrowserEvent seen(const std::string& name, port::Endpoint endpoint, EventKind kind = EventKind::found,
                         const std::string& interface = "eth0") {
  return {kind, {name, name + ".local", {endpoint}, interface, {{"board", "esp12"}, {"auth_upload", "no"}}}};
}

/// A protocol that has taken these commands.
DiscoveryProtocol after(std::string_view commands) {
  DiscoveryProtocol protocol;
  (void)protocol.feed(commands);
  return protocol;
}

const std::vector<std::pair<std::string, std::string>> states{
    {"greeting", ""},
    {"idle", std::string{greeting}},
    {"running", std::string{greeting} + "START\n"},
    {"syncing", std::string{greeting} + "START_SYNC\n"},
    {"stopped", std::string{greeting} + "START_SYNC\nSTOP\n"},
};

TEST(DiscoveryProtocol, EveryCommandInEveryState) {
  struct Row {
    std::string command;
    std::vector<std::string> answers;  ///< in the order of `states`
  };
  const std::vector<Row> rows{
      {"HELLO 1 \"x\"", {"hello OK", "hello: error", "hello: error", "hello: error", "hello: error"}},
      {"START", {"command_error: error", "start OK", "start: error", "start: error", "start OK"}},
      {"LIST", {"command_error: error", "list: error", "list", "list: error", "list: error"}},
      {"START_SYNC",
       {"command_error: error", "start_sync OK", "start_sync: error", "start_sync: error", "start_sync OK"}},
      {"STOP", {"command_error: error", "stop: error", "stop OK", "stop OK", "stop: error"}},
      {"QUIT", {"quit OK", "quit OK", "quit OK", "quit OK", "quit OK"}},
      {"", std::vector<std::string>(5, "command_error: error")},
      {"DANCE", std::vector<std::string>(5, "command_error: error")},
  };
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < states.size(); ++i) {
      DiscoveryProtocol protocol = after(states[i].second);
      EXPECT_THAT(gist(protocol.feed(row.command + "\n")), ElementsAre(row.answers[i]))
          << "'" << row.command << "' when " << states[i].first;
      EXPECT_EQ(protocol.ended(), row.command == "QUIT");
    }
  }
}

TEST(DiscoveryProtocol, NothingIsTakenAfterQuit) {
  DiscoveryProtocol protocol;
  EXPECT_THAT(gist(protocol.feed(std::string{greeting} + "QUIT\nSTART\n")),
              ElementsAre("hello OK", "quit OK"));
  EXPECT_EQ(protocol.feed(greeting), "");
  EXPECT_EQ(protocol.take(seen("devding", ipv4(20, 8266))), "");
}

TEST(DiscoveryProtocol, GreetingsThatAreNone) {
  for (const char* line :
       {"HELLO", "HELLO 1", "HELLO 1 x", "HELLO 1 \"", "HELLO 1 \"\"", "HELLO one \"x\"", "HELLO -1 \"x\"",
        "HELLO 1 \"a\"b\"", "HELLO 1 \"a\" b", "HELLO \"x\"", "HELLO 1  \"x\""}) {
    DiscoveryProtocol protocol;
    EXPECT_THAT(gist(protocol.feed(std::string{line} + "\n")), ElementsAre("hello: error")) << line;
    EXPECT_THAT(gist(protocol.feed(greeting)), ElementsAre("hello OK")) << "after " << line;
  }
}

TEST(DiscoveryProtocol, ANewerClientIsToldOurVersion) {
  DiscoveryProtocol protocol;
  EXPECT_EQ(messages(protocol.feed("hello 7 \"IDE 9\"\r\n")).at(0),
            Json::parse(R"({"eventType":"hello","protocolVersion":1,"message":"OK"})"));
}

TEST(DiscoveryProtocol, ListsWhatIsThere) {
  DiscoveryProtocol protocol = after(states[2].second);
  EXPECT_EQ(messages(protocol.feed("LIST\n")).at(0), Json::parse(R"({"eventType":"list","ports":[]})"));
  EXPECT_EQ(protocol.take(seen("devding", ipv4(20, 8266))), "");  // told when asked for
  EXPECT_EQ(messages(protocol.feed("LIST\n")).at(0), Json::parse(R"({"eventType":"list","ports":[{
      "address":"192.168.1.20","label":"devding at 192.168.1.20","protocol":"network",
      "protocolLabel":"Network Port","hardwareId":"devding.local:8266",
      "properties":{"hostname":"devding.local","port":"8266","board":"esp12","auth_upload":"no"}}]})"));
}

TEST(DiscoveryProtocol, ADeviceCannotGiveItselfAnotherPort) {
  DiscoveryProtocol protocol = after(states[3].second);
  posix::BrowserEvent event = seen("devding", ipv4(20, 8266));
  event.service.txt = {{"port", "1"}, {"hostname", "evil"}, {"\xFF", "\xFE\n"}};
  const Json properties = messages(protocol.take(event)).at(0)["port"]["properties"];
  EXPECT_EQ(properties["port"], "8266");
  EXPECT_EQ(properties["hostname"], "devding.local");
}

TEST(DiscoveryProtocol, TellsChangesWhileSyncing) {
  DiscoveryProtocol protocol;
  EXPECT_EQ(protocol.take(seen("early", ipv4(19, 8266))), "");
  EXPECT_THAT(gist(protocol.feed(states[3].second)),
              ElementsAre("hello OK", "start_sync OK", "add 192.168.1.19"));
  EXPECT_THAT(gist(protocol.take(seen("devding", ipv4(20, 8266)))), ElementsAre("add 192.168.1.20"));
  EXPECT_EQ(protocol.take(seen("devding", ipv4(20, 8266))), "");
  posix::BrowserEvent updated = seen("devding", ipv4(20, 8266), EventKind::updated);
  updated.service.txt["auth_upload"] = "yes";
  const auto update = messages(protocol.take(updated));
  ASSERT_EQ(update.size(), 1U);
  EXPECT_EQ(update[0]["eventType"], "add");
  EXPECT_EQ(update[0]["port"]["properties"]["auth_upload"], "yes");
  EXPECT_EQ(messages(protocol.take(seen("devding", ipv4(20, 8266), EventKind::lost))).at(0),
            Json::parse(R"({"eventType":"remove","port":{"address":"192.168.1.20","protocol":"network"}})"));
}

TEST(DiscoveryProtocol, StoppedItIsSilentAndStartedAgainItTellsAll) {
  DiscoveryProtocol protocol = after(states[3].second);
  (void)protocol.take(seen("devding", ipv4(20, 8266)));
  EXPECT_THAT(gist(protocol.feed("STOP\n")), ElementsAre("stop OK"));
  EXPECT_EQ(protocol.take(seen("second", ipv4(21, 8266))), "");
  EXPECT_THAT(gist(protocol.feed("START_SYNC\n")),
              ElementsAre("start_sync OK", "add 192.168.1.20", "add 192.168.1.21"));
}

TEST(DiscoveryProtocol, ADeviceWithANewAddressIsAnotherPort) {
  DiscoveryProtocol protocol = after(states[3].second);
  (void)protocol.take(seen("devding", ipv4(20, 8266)));
  EXPECT_THAT(gist(protocol.take(seen("devding", ipv4(30, 8266), EventKind::updated))),
              ElementsAre("remove 192.168.1.20", "add 192.168.1.30"));
}

TEST(DiscoveryProtocol, TwoDevicesAtOneAddressAreOnePort) {
  DiscoveryProtocol protocol = after(states[3].second);
  (void)protocol.take(seen("first", ipv4(20, 8266)));
  EXPECT_EQ(protocol.take(seen("second", ipv4(20, 8267))), "");
  // Not a removal, which would take the other one away, too.
  const auto told = messages(protocol.take(seen("first", ipv4(20, 8266), EventKind::lost)));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0]["eventType"], "add");
  EXPECT_EQ(told[0]["port"]["properties"]["port"], "8267");
}

TEST(DiscoveryProtocol, MdnsThatCannotBeUsedIsAnError) {
  const posix::BrowserEvent failed{EventKind::failed, {}};
  DiscoveryProtocol syncing = after(states[3].second);
  EXPECT_THAT(gist(syncing.take(failed)), ElementsAre("start_sync: error"));
  EXPECT_EQ(syncing.take(failed), "");  // said once
  EXPECT_THAT(gist(syncing.feed("STOP\nSTART_SYNC\n")), ElementsAre("stop OK", "start_sync: error"));
  DiscoveryProtocol running = after(states[2].second);
  EXPECT_EQ(running.take(failed), "");
  EXPECT_THAT(gist(running.feed("LIST\nSTOP\nSTART\n")),
              ElementsAre("list: error", "stop OK", "start: error"));
}

TEST(DiscoveryProtocol, PiecesDoNotMatter) {
  const std::string commands =
      std::string{greeting} + "START\r\nLIST\nlist\n\nSTOP\nDANCE a b\nQUIT\nSTART\n";
  const std::string whole = DiscoveryProtocol{}.feed(commands);
  ASSERT_EQ(messages(whole).size(), 8U);
  std::mt19937 random{1};  // NOLINT(cert-msc51-cpp): the same cuts each time
  for (std::size_t most = 1; most < 20; ++most) {
    DiscoveryProtocol protocol;
    std::string output;
    for (std::size_t at = 0; at < commands.size();) {
      const std::size_t size = 1 + random() % most;
      output += protocol.feed(std::string_view{commands}.substr(at, size));
      at += size;
    }
    EXPECT_EQ(output, whole) << "pieces of at most " << most;
  }
}

TEST(DiscoveryProtocol, AnOverlongCommandIsOneErrorAndForgotten) {
  DiscoveryProtocol protocol;
  const std::string piece(DiscoveryProtocol::longest_line, 'x');
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(protocol.feed(piece), "");
  const auto error = messages(protocol.feed("\n"));
  ASSERT_EQ(error.size(), 1U);
  EXPECT_THAT(error[0]["message"].get<std::string>(), HasSubstr("too long"));
  EXPECT_THAT(gist(protocol.feed(greeting)), ElementsAre("hello OK"));
  // The longest that is taken is answered as what it is.
  EXPECT_THAT(messages(protocol.feed(piece + "\n")).at(0)["message"].get<std::string>(),
              HasSubstr("unknown"));
}

}  // namespace
}  // namespace airlift::testing
