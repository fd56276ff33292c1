// Files that appear whole or not at all.
#include "output_file.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "command_failure.hpp"
#include "keygen_command.hpp"
#include "support/temp_directory.hpp"

namespace airlift::testing {
namespace {

using cli::CommandError;
using cli::Existing;
using cli::OutputFile;

std::size_t files_in(const TempDirectory& folder) {
  const std::filesystem::directory_iterator files{folder.path()};
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

TEST(OutputFile, AppearsWithTheCommit) {
  const TempDirectory folder;
  const std::string path = folder.write("out", "old");
  {
    OutputFile output{path, 0666, Existing::replaced};
    output.write(as_bytes("ne"));
    output.write(as_bytes("w"));
    EXPECT_EQ(read_file(path), "old");
    EXPECT_EQ(read_file(output.written_path()), "new");
    output.commit();
  }
  EXPECT_EQ(read_file(path), "new");
  EXPECT_EQ(files_in(folder), 1U);
}

TEST(OutputFile, WithoutCommitNothingIsLeft) {
  const TempDirectory folder;
  const std::string path = folder.write("out", "old");
  { OutputFile{path, 0666, Existing::replaced}.write(as_bytes("new")); }
  EXPECT_EQ(read_file(path), "old");
  { OutputFile{folder / "other", 0600, Existing::refused}.write(as_bytes("new")); }
  EXPECT_EQ(files_in(folder), 1U);
}

TEST(OutputFile, AnExistingFileIsRefused) {
  const TempDirectory folder;
  const std::string path = folder.write("out", "old");
  EXPECT_THROW((OutputFile{path, 0600, Existing::refused}), CommandError);
  EXPECT_EQ(read_file(path), "old");
  // A link to nowhere exists, too: whoever put it there would choose where the key goes.
  std::filesystem::create_symlink(folder / "elsewhere", folder / "link");
  EXPECT_THROW((OutputFile{folder / "link", 0600, Existing::refused}), CommandError);
  EXPECT_FALSE(std::filesystem::exists(folder / "elsewhere"));
}

TEST(OutputFile, TheModeHoldsFromTheStart) {
  const TempDirectory folder;
  for (const Existing existing : {Existing::refused, Existing::replaced}) {
    const OutputFile output{folder / "key", 0600, existing};
    struct stat info {};
    ASSERT_EQ(stat(output.written_path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
  }
}

TEST(OutputFile, OnlyFilesAreReplaced) {
  const TempDirectory folder;
  EXPECT_THROW((OutputFile{folder.path(), 0666, Existing::replaced}), CommandError);
  EXPECT_THROW((OutputFile{"/dev/null", 0666, Existing::replaced}), CommandError);
  EXPECT_THROW((OutputFile{folder / "none/out", 0666, Existing::replaced}), CommandError);
}

TEST(KeygenCommand, ThePublicKeysName) {
  EXPECT_EQ(cli::public_key_path("key.pem"), "key.pub.pem");
  EXPECT_EQ(cli::public_key_path("a.pem/key"), "a.pem/key.pub.pem");
  EXPECT_EQ(cli::public_key_path("release.key.pem"), "release.key.pub.pem");
}

}  // namespace
}  // namespace airlift::testing
