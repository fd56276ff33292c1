// Real uploaders and a sketch on the ESP8266's adapter: what ArduinoOTA's callbacks are told, and what eboot
// is.

#include "arduino/sketch.hpp"
#include "support/signing.hpp"

namespace airlift::testing {
namespace {

using ::testing::Test;

struct Esp8266Upload : Test {
  /// A restart into whatever eboot makes of it, and a new start of the sketch.
  void restart() {
    Airlift.end();
    chip.boot();
    Airlift.begin();
  }

  [[nodiscard]] static lookalike::Chip& new_chip(const std::string& sketch) {
    lookalike::chip() = {};
    lookalike::chip().flash_by_cable(sketch);
    return lookalike::chip();
  }

  const std::string running = esp_image('A', 300'000);
  lookalike::Chip& chip = new_chip(running);
  const std::string next = esp_image('B', 310'001);
  Sketch sketch;
};

TEST_F(Esp8266Upload, EspotaBringsASketchAndTheCallbacksComeInArduinoOtasOrder) {
  Airlift.begin();
  ASSERT_EQ(sketch.espota(sketch.image_file(next)), 0) << sketch.output();
  sketch.run_until([&] { return chip.restart_wanted; });
  sketch.expect_told({"start 0", "end"});
  ASSERT_GE(sketch.progress().size(), 2U);
  EXPECT_EQ(sketch.progress().front(), 0U);
  EXPECT_EQ(sketch.progress().back(), next.size());
  EXPECT_EQ(sketch.total(), next.size());
  EXPECT_EQ(chip.content(0, running.size()), running) << "nothing may change before the restart";
  ASSERT_TRUE(chip.command.has_value());
  EXPECT_EQ(chip.command->to, 0U);
  EXPECT_GE(chip.command->from, running.size());
  chip.boot();
  EXPECT_EQ(chip.content(0, next.size()), next);
}

TEST_F(Esp8266Upload, TheNextStartConfirmsWhatEbootHasCopied) {
  Airlift.begin();
  ASSERT_EQ(sketch.espota(sketch.image_file(next)), 0) << sketch.output();
  restart();
  EXPECT_FALSE(Airlift.onTrial());
  EXPECT_EQ(Airlift.lastError(), "ok");
  // The status of the extension tells it, and the next update goes on from here.
  ASSERT_EQ(sketch.espota(sketch.image_file(running)), 0) << sketch.output();
  restart();
  EXPECT_EQ(chip.content(0, running.size()), running);
}

TEST_F(Esp8266Upload, PushGoesByTheExtension) {
  Airlift.setPassword("secret");
  Airlift.begin();
  const std::string password = sketch.directory().write("password", "secret\n");
  ASSERT_EQ(sketch.serve("airlift", {"push", "--no-wait", "--extension", "required", "--password-file",
                                     password, "-p", "18266", chip.host(), "-f", sketch.image_file(next)}),
            0)
      << sketch.output();
  sketch.run_until([&] { return chip.restart_wanted; });
  sketch.expect_told({"start 0", "end"});
  chip.boot();
  EXPECT_EQ(chip.content(0, next.size()), next);
}

TEST_F(Esp8266Upload, AWrongPasswordIsAnErrorOfTheLogin) {
  Airlift.setPassword("secret");
  Airlift.begin();
  EXPECT_EQ(sketch.espota(sketch.image_file(next), {"-a", "wrong"}), 1);
  sketch.expect_told({"error 0"});
  EXPECT_FALSE(chip.restart_wanted);
}

TEST_F(Esp8266Upload, APasswordsHashIsEnoughForEspota) {
  Airlift.setPasswordHash("5ebe2294ecd0e0f08eab7690d2a6ee69");  // MD5 of "secret"
  Airlift.begin();
  EXPECT_EQ(sketch.espota(sketch.image_file(next), {"-a", "wrong"}), 1);
  EXPECT_EQ(sketch.espota(sketch.image_file(next), {"-a", "secret"}), 0) << sketch.output();
}

TEST_F(Esp8266Upload, WhatDoesNotFitIsRefusedAtTheBeginning) {
  Airlift.begin();
  EXPECT_EQ(sketch.espota(sketch.image_file(esp_image('C', 700'000))), 1);
  sketch.expect_told({"error 1"});
  EXPECT_NE(sketch.output().find("space"), std::string::npos) << sketch.output();
}

TEST_F(Esp8266Upload, WhatIsNoSketchIsRefusedBeforeEbootHearsOfIt) {
  Airlift.begin();
  EXPECT_EQ(sketch.espota(sketch.image_file(std::string(50'000, 'x'))), 1);
  sketch.expect_told({"start 0", "error 4"});
  EXPECT_FALSE(chip.command.has_value());
}

TEST_F(Esp8266Upload, ASketchOfAnotherFlashModeIsRefused) {
  Airlift.begin();
  EXPECT_EQ(sketch.espota(sketch.image_file(esp_image('B', 310'001, 0))), 1);
  sketch.expect_told({"start 0", "error 4"});
  EXPECT_FALSE(chip.command.has_value());
}

TEST_F(Esp8266Upload, AFilesystemIsOverwrittenWhereItLies) {
  const std::string files(chip.filesystem_bytes, 'f');
  Airlift.begin();
  ASSERT_EQ(sketch.espota(sketch.image_file(files), {"-s"}), 0) << sketch.output();
  sketch.expect_told({"start 100", "end"});
  EXPECT_EQ(chip.content(chip.filesystem_start, files.size()), files);
  EXPECT_FALSE(chip.command.has_value());
  restart();
  ASSERT_EQ(sketch.espota(sketch.image_file(next)), 0) << sketch.output();
}

TEST_F(Esp8266Upload, ACommandThatEbootDidNotGetIsNoUpdate) {
  Airlift.begin();
  ASSERT_EQ(sketch.espota(sketch.image_file(next)), 0) << sketch.output();
  chip.command.reset();  // the RTC's memory does not survive a power cut
  restart();
  ASSERT_EQ(sketch.espota(sketch.image_file(next)), 0) << sketch.output();
  EXPECT_EQ(chip.content(0, running.size()), running);
}

TEST_F(Esp8266Upload, TheSketchRestartsItselfWhenItWantsTo) {
  Airlift.setRebootOnSuccess(false);
  Airlift.begin();
  ASSERT_EQ(sketch.espota(sketch.image_file(next)), 0) << sketch.output();
  sketch.expect_told({"start 0", "end"});
  for (int i = 0; i < 100; ++i) Airlift.handle();
  EXPECT_FALSE(chip.restart_wanted);
  chip.boot();
  EXPECT_EQ(chip.content(0, next.size()), next);
}

TEST_F(Esp8266Upload, IsAdvertisedAsArduinoOtaIs) {
  Airlift.setHostname("kitchen");
  Airlift.setPassword("secret");
  Airlift.begin();
  EXPECT_NE(
      lookalike::advertised().find(
          "kitchen arduino.tcp 18266 airlift=1 auth_upload=yes board=generic ssh_upload=no tcp_check=no"),
      std::string::npos)
      << lookalike::advertised();
  Airlift.end();
  EXPECT_EQ(lookalike::advertised(), "");
}

TEST_F(Esp8266Upload, NobodyIsAdvertisedWithoutMdns) {
  Airlift.begin(false);
  EXPECT_EQ(lookalike::advertised(), "");
}

TEST_F(Esp8266Upload, WithAKeyOnlyWhatItHasSignedIsTaken) {
  const TestKey key{1};
  const Bytes der = key.public_key().der();
  ASSERT_TRUE(Airlift.addKey(der.data(), der.size()));
  EXPECT_FALSE(Airlift.addKey("no key"));
  Airlift.begin();
  EXPECT_EQ(sketch.espota(sketch.image_file(next)), 1);
  sketch.expect_told({"error 1"});  // known before a byte of it has come
  const std::string file = next + trailer_for(manifest_of(next), key);
  EXPECT_EQ(sketch.espota(sketch.image_file(file)), 0) << sketch.output();
  chip.boot();
  EXPECT_EQ(chip.content(0, next.size()), next);
}

TEST_F(Esp8266Upload, AnOlderSecurityCounterIsRefusedAfterARestartToo) {
  const TestKey key{1};
  const Bytes der = key.public_key().der();
  ASSERT_TRUE(Airlift.addKey(der.data(), der.size()));
  Airlift.begin();
  image::Manifest manifest = manifest_of(next);
  manifest.security_counter = 5;
  ASSERT_EQ(sketch.espota(sketch.image_file(next + trailer_for(manifest, key))), 0) << sketch.output();
  restart();
  manifest.security_counter = 4;
  EXPECT_EQ(sketch.espota(sketch.image_file(next + trailer_for(manifest, key))), 1);
  EXPECT_NE(sketch.output().find("counter"), std::string::npos) << sketch.output();
}

TEST_F(Esp8266Upload, EndAndBeginKeepThePassword) {
  Airlift.setPassword("secret");
  Airlift.begin();
  Airlift.end();
  Airlift.begin();
  EXPECT_EQ(sketch.espota(sketch.image_file(next)), 1);
  EXPECT_FALSE(chip.restart_wanted);
}

TEST_F(Esp8266Upload, AFlashWithoutRoomSaysSo) {
  chip.flash_by_cable(esp_image('A', 940'000));
  Airlift.end();
  Airlift = AirliftClass{};
  Airlift.begin();
  EXPECT_NE(Airlift.lastError(), "ok");
  Airlift.handle();
}

}  // namespace
}  // namespace airlift::testing
