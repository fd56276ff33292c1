#include "airlift_server/content.hpp"

#include <unistd.h>

#include <algorithm>
#include <set>

#include "airlift_server/folder.hpp"

namespace airlift::server {
namespace {

bool read_all(int fd, MutableBytes into) {
  std::size_t done{0};
  while (done < into.size()) {
    const ssize_t count = pread(fd, into.data() + done, into.size() - done, static_cast<off_t>(done));
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

Content::Content(std::size_t size, std::shared_ptr<ContentCount> count)
    : size_{size}, count_{std::move(count)}, bytes_{new std::uint8_t[size]} {
  count_->bytes += size_;
}

Content::~Content() {
  count_->bytes -= size_;
}

std::shared_ptr<const Content> ContentStore::get(const std::string& folder, const StoredFile& file) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.sha256 == file.digests.sha256; });
  if (found != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, found);
    return entries_.front().content;
  }
  if (count_->bytes + file.mark.size_bytes > most_bytes) entries_.clear();
  if (count_->bytes + file.mark.size_bytes > most_bytes) return nullptr;
  auto content = read(folder, file);
  if (content) entries_.push_front({file.digests.sha256, content});
  make_room();
  return content;
}

/// The digest is the proof that it is one version as a whole, and the one that the catalog tells of.
std::shared_ptr<const Content> ContentStore::read(const std::string& folder, const StoredFile& file) {
  const auto opened = Folder::open(folder);
  const posix::UniqueFd fd = opened ? opened->open_file(file.path) : posix::UniqueFd{};
  if (!fd || mark_of(fd.get()) != file.mark) return nullptr;
  const auto content = std::make_shared<Content>(file.mark.size_bytes, count_);
  const bool same =
      read_all(fd.get(), content->room()) && crypto::sha256(content->bytes()) == file.digests.sha256;
  return same ? content : nullptr;
}

/// What is being sent stays in memory all the same.
void ContentStore::make_room() {
  std::uint64_t kept{0};
  auto each = entries_.begin();
  while (each != entries_.end() && (kept += each->content->bytes().size()) <= kept_bytes) ++each;
  if (each == entries_.begin() && each != entries_.end()) ++each;
  entries_.erase(each, entries_.end());
}

void ContentStore::keep_only(const Channels& channels) {
  std::set<crypto::Sha256Digest> offered;
  for (const auto& [name, channel] : channels) {
    for (const Offer& offer : channel.offers) {
      offered.insert(offer.image->file.digests.sha256);
      if (offer.gzip) offered.insert(offer.gzip->digests.sha256);
    }
  }
  entries_.remove_if([&](const Entry& entry) { return !offered.contains(entry.sha256); });
}

}  // namespace airlift::server
