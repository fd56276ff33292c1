#include "upload_file.hpp"

#include <filesystem>

#include "push_failure.hpp"

namespace airlift::cli {
namespace {

bool signed_stands_beside(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path + ".signed", ignored);
}

PushError unreadable(const FileError& error) {
  return PushError{make_failure(UpdateError::file_unreadable, Stage::file, error.message)};
}

}  // namespace

UploadFile::UploadFile(const std::string& path, SignedFile signed_file) try
    : replaced_by_signed_{signed_file == SignedFile::preferred && signed_stands_beside(path)},
      file_{replaced_by_signed_ ? path + ".signed" : path} {
  crypto::Md5 md5;
  file_.read(0, size_bytes(), [&md5](Bytes bytes) { md5.update(bytes); });
  md5_ = md5.finish();
} catch (const FileError& error) {
  throw unreadable(error);
}

Bytes UploadFile::piece(std::uint32_t offset, std::uint32_t limit) try {
  return file_.piece(offset, limit);
} catch (const FileError& error) {
  throw unreadable(error);
}

}  // namespace airlift::cli
