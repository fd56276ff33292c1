#include "airlift_posix/file_offer_memory.hpp"

#include <fstream>

#include "airlift/codec/text.hpp"
#include "airlift_posix/replace_file.hpp"

namespace airlift::posix {

port::OfferMemory::Record FileOfferMemory::load() {
  std::string line;
  std::ifstream file{path_};
  std::getline(file, line);
  std::string_view etag{line};
  Record record;
  const bool digest = codec::from_hex(codec::take_until(etag, ' '), record.sha256);
  record.etag.append(etag);
  return digest && codec::all_printable(etag) && !record.etag.truncated() ? record : Record{};
}

Status FileOfferMemory::store(const Record& record) {
  const std::string line =
      std::string{codec::view(codec::to_hex(record.sha256))} + " " + std::string{record.etag} + "\n";
  return replace_file(path_, line) ? Status{} : UpdateError::storage_failed;
}

}  // namespace airlift::posix
