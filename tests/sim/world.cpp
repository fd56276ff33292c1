#include "world.hpp"

#include <algorithm>

namespace airlift::sim {

void World::upload_begins(FileId file) {
  const File& sent = (*catalog_)[file];
  // Until the device has given up what it was about to try, it may still try that.
  Pair next = good_;
  next[sent.kind] = file;
  if (sent.partner != FileId::none) next[(*catalog_)[sent.partner].kind] = sent.partner;
  if (may_try_count_ == may_try_.size()) may_try_[0] = may_try_[--may_try_count_];
  may_try_[may_try_count_++] = next;
  must_try_ = false;
  starts_ = boots_ = 0;
}

void World::upload_ends(bool staged, bool starts_next) {
  may_try_[0] = may_try_[may_try_count_ - 1];
  may_try_count_ = staged && starts_next ? 1 : 0;
  must_try_ = staged && starts_next;
}

bool World::may_try(const Pair& pair) const {
  for (std::size_t i = 0; i < may_try_count_; ++i) {
    if (may_try_[i] == pair) return true;
  }
  return false;
}

bool World::is_refused(FileId id) const {
  if (signatures_ == image::SignatureMode::off) return false;
  const File& file = (*catalog_)[id];
  return file.tampered || file.counter < floor_ || (file.signer == Signer::first && first_key_retired_);
}

std::string World::name_of(const Pair& pair) const {
  std::string names;
  for (const FileId id : pair.of) {
    names += names.empty() ? "" : " with ";
    names += id == FileId::none ? "nothing" : (*catalog_)[id].name;
  }
  return names;
}

std::string World::started(const Start& start) {
  std::string wrong = start.on_trial ? tries(start.running) : keeps(start.running);
  confirming_ = false;
  return wrong.empty() ? holds(start) : wrong;
}

std::string World::tries(const Pair& pair) {
  if (!may_try(pair)) return "it tries " + name_of(pair) + ", which it must not start";
  for (std::size_t kind = 0; kind < image::kinds; ++kind) {
    if (pair.of[kind] != good_.of[kind] && is_refused(pair.of[kind])) {
      return "it tries " + name_of(pair) + ", which the policy refuses";
    }
  }
  may_try_[0] = pair;
  may_try_count_ = 1;
  must_try_ = on_trial_ = true;
  if (++starts_ > most_attempts) return "it starts " + name_of(pair) + " more often than allowed";
  return {};
}

std::string World::keeps(const Pair& pair) {
  if (confirming_ && pair == tried()) {
    take_as_confirmed(pair);
    return {};
  }
  const bool nothing_else = good_[image::Kind::firmware] == FileId::none;
  if (nothing_else && boots_ > most_attempts && pair == tried()) {
    good_ = pair;  // unconfirmed: neither floor nor keys change
    may_try_count_ = 0;
    must_try_ = on_trial_ = false;
    return {};
  }
  if (!(pair == good_)) return "it starts " + name_of(pair) + " instead of " + name_of(good_);
  if (must_try_ && boots_ <= most_attempts) return "it has given up " + name_of(tried()) + " too early";
  may_try_count_ = 0;
  must_try_ = on_trial_ = false;
  return {};
}

/// The images in use are there, whatever else is tried.
std::string World::holds(const Start& start) const {
  if (!(start.kept == good_)) return "it has lost " + name_of(good_) + ", there is " + name_of(start.kept);
  if (start.security_floor != floor_) return "the security floor is wrong";
  if (start.first_key_retired != first_key_retired_) return "it is wrong about the retired key";
  return {};
}

std::string World::started_nothing() const {
  return good_ == Pair{} ? std::string{} : "it starts nothing instead of " + name_of(good_);
}

void World::take_as_confirmed(const Pair& pair) {
  for (std::size_t kind = 0; kind < image::kinds; ++kind) {
    const bool is_new = pair.of[kind] != good_.of[kind];
    if (!is_new || signatures_ == image::SignatureMode::off) continue;
    const File& file = (*catalog_)[pair.of[kind]];
    floor_ = std::max(floor_, file.counter);
    first_key_retired_ = first_key_retired_ || file.retires_first;
  }
  good_ = pair;
  may_try_count_ = 0;
  must_try_ = on_trial_ = confirming_ = false;
}

}  // namespace airlift::sim
