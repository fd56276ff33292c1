// Options and passwords of `airlift push` and `espota`.
#include "arguments.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "upload_file.hpp"

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

TEST_F(Files, UploadFileKnowsSizeAndDigestAndGivesPieces) {
  const std::string content(100'000, 'x');
  cli::UploadFile upload{file("app.bin", content), SignedFile::preferred};
  EXPECT_EQ(upload.size_bytes(), content.size());
  EXPECT_EQ(upload.md5(), crypto::md5(as_bytes(content)));
  EXPECT_FALSE(upload.replaced_by_signed());
  std::string read;
  while (read.size() < content.size()) {
    const auto offset = static_cast<std::uint32_t>(read.size());
    read += as_text(upload.piece(offset, upload.size_bytes() - offset));
  }
  EXPECT_EQ(read, content);
  EXPECT_EQ(upload.piece(99'990, 5).size(), 5U);
}

TEST_F(Files, SignedFileBesideItIsTaken) {
  const std::string path = file("app.bin", "plain");
  const std::string signed_path = file("app.bin.signed", "signed!");
  const cli::UploadFile upload{path, SignedFile::preferred};
  EXPECT_EQ(upload.path(), signed_path);
  EXPECT_TRUE(upload.replaced_by_signed());
  EXPECT_EQ(upload.size_bytes(), 7U);
  const cli::UploadFile plain{path, SignedFile::ignored};
  EXPECT_EQ(plain.path(), path);
  EXPECT_FALSE(plain.replaced_by_signed());
  EXPECT_EQ(plain.size_bytes(), 5U);
}

TEST_F(Files, WhatCannotBeUploadedIsSaidBefore) {
  EXPECT_THROW((cli::UploadFile{missing(), SignedFile::preferred}), cli::PushError);
  EXPECT_THROW((cli::UploadFile{::testing::TempDir(), SignedFile::preferred}), cli::PushError);
  EXPECT_THROW((cli::UploadFile{file("empty", ""), SignedFile::preferred}), cli::PushError);
}

TEST_F(Files, AFileThatShrinksIsNoticed) {
  const std::string path = file("app.bin", std::string(100'000, 'x'));
  cli::UploadFile upload{path, SignedFile::preferred};
  std::filesystem::resize_file(path, 1000);
  EXPECT_THROW((void)upload.piece(2000, 98'000), cli::PushError);
}

}  // namespace
}  // namespace airlift::testing
