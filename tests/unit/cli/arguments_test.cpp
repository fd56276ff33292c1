// Options and passwords of `airlift push` and `espota`.
#include "arguments.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace airlift::testing {
namespace {

using cli::EspotaOptions;
using cli::SignedFile;

EspotaOptions parsed(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "espota");
  EspotaOptions options;
  CLI::App app;
  cli::add_espota_options(app, options);
  app.parse(cli::arguments_for_parse(static_cast<int>(arguments.size()), arguments.data()));
  return options;
}

TEST(Arguments, ShortAndLongAreTheSame) {
  const EspotaOptions brief = parsed({"-i", "192.168.1.20", "-I", "192.168.1.2", "-p", "3232", "-P", "40000",
                                      "-a", "secret", "-f", "app.bin", "-s", "-d", "-r", "-t", "3", "-m"});
  const EspotaOptions spelled = parsed({"--ip=192.168.1.20", "--host_ip", "192.168.1.2", "--port=3232",
                                        "--host_port=40000", "--auth=secret", "--file=app.bin", "--spiffs",
                                        "--debug", "--progress", "--timeout=3", "--md5-target"});
  for (const EspotaOptions& options : {brief, spelled}) {
    EXPECT_EQ(options.push.device, "192.168.1.20");
    EXPECT_EQ(options.push.host_address, "192.168.1.2");
    EXPECT_EQ(options.push.device_port, 3232);
    EXPECT_EQ(options.push.host_port, 40000);
    EXPECT_EQ(options.push.file, "app.bin");
    EXPECT_EQ(options.push.command, wire::Command::filesystem);
    EXPECT_EQ(options.push.first_hash, wire::StoredHash::md5);
    EXPECT_EQ(options.push.answer_timeout, milliseconds{3000});
    EXPECT_EQ(options.password, "secret");
    EXPECT_TRUE(options.debug);
    EXPECT_TRUE(options.progress);
  }
}

TEST(Arguments, Defaults) {
  const EspotaOptions options = parsed({});
  EXPECT_EQ(options.push.device_port, std::nullopt);
  EXPECT_EQ(options.push.host_port, 0);
  EXPECT_EQ(options.push.command, wire::Command::firmware);
  EXPECT_EQ(options.push.first_hash, wire::StoredHash::sha256);
  EXPECT_EQ(options.push.answer_timeout, milliseconds{10000});
  EXPECT_EQ(options.password, std::nullopt);
}

// esp8266/Arduino 3.x, platform.txt: "--auth={network.password}" -f "{build.path}/..."
TEST(Arguments, TheRecipesEmptyPassword) {
  const EspotaOptions options = parsed({"-i", "1.2.3.4", "--auth=", "-f", "app.bin"});
  EXPECT_EQ(options.password, "");
  EXPECT_EQ(options.push.file, "app.bin");
}

TEST(Arguments, PasswordsMayLookLikeAnything) {
  for (const auto* password : {"-f", "[a,b]", "a=b", "=", "with blank", "\"quoted\""}) {
    EXPECT_EQ(parsed({"-a", password, "-f", "app.bin"}).password, password);
    EXPECT_EQ(parsed({("--auth=" + std::string{password}).c_str(), "-f", "app.bin"}).password, password);
  }
}

TEST(Arguments, PortsMustBePorts) {
  EXPECT_THROW((void)parsed({"-p", "65536"}), CLI::ParseError);
  EXPECT_THROW((void)parsed({"-p", "0"}), CLI::ParseError);
  EXPECT_THROW((void)parsed({"-P", "http"}), CLI::ParseError);
  EXPECT_THROW((void)parsed({"-t", "0"}), CLI::ParseError);
}

class Files : public ::testing::Test {
 protected:
  Files() {
    std::string pattern = ::testing::TempDir() + "airlift-cli-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~Files() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, std::string_view content) {
    const std::string path = folder_ / name;
    std::ofstream{path, std::ios::binary} << content;
    return path;
  }
  [[nodiscard]] std::string missing() const { return folder_ / "missing"; }

 private:
  std::filesystem::path folder_;
};

TEST_F(Files, PasswordPrecedence) {
  const std::string path = file("password", "from file\n");
  EXPECT_EQ(cli::choose_password("option", path, "environment").text, "option");
  EXPECT_EQ(cli::choose_password("", path, "environment").text, "");
  EXPECT_EQ(cli::choose_password({}, path, "environment").text, "from file");
  EXPECT_EQ(cli::choose_password({}, {}, "environment").text, "environment");
  EXPECT_EQ(cli::choose_password({}, {}, nullptr).text, "");
}

TEST_F(Files, PasswordIsTheFirstLine) {
  EXPECT_EQ(cli::choose_password({}, file("a", "one\ntwo\n"), nullptr).text, "one");
  EXPECT_EQ(cli::choose_password({}, file("b", "no line end"), nullptr).text, "no line end");
  EXPECT_EQ(cli::choose_password({}, file("c", "windows\r\n"), nullptr).text, "windows");
  EXPECT_EQ(cli::choose_password({}, file("d", " blanks count \n"), nullptr).text, " blanks count ");
  EXPECT_EQ(cli::choose_password({}, file("e", ""), nullptr).text, "");
  EXPECT_THROW((void)cli::choose_password({}, missing(), nullptr), cli::PushError);
}

TEST_F(Files, PasswordFileThatAllCanReadIsNoticed) {
  const std::string path = file("password", "x\n");
  chmod(path.c_str(), 0644);
  EXPECT_TRUE(cli::choose_password({}, path, nullptr).readable_by_all);
  chmod(path.c_str(), 0640);
  EXPECT_FALSE(cli::choose_password({}, path, nullptr).readable_by_all);
}

}  // namespace
}  // namespace airlift::testing
