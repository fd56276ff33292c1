#include "airlift/pull/pull_course.hpp"

#include <algorithm>

#include "airlift/codec/text.hpp"

namespace airlift::pull {
namespace {

using Client = port::HttpClient;
constexpr auto tail_bytes = static_cast<std::uint32_t>(image::longest_trailer_bytes);

bool is_redirect(int status) {
  return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

/// For a status that brings nothing.
UpdateError error_for(int status) {
  if (status == 401 || status == 403) return UpdateError::login_refused;
  if (status == 404 || status == 410) return UpdateError::not_offered;
  if (status == 407) return UpdateError::proxy_failed;
  if (status == 429 || (status >= 500 && status <= 599)) return UpdateError::server_failed;
  return UpdateError::bad_response;
}

/// What may be over in a moment, when half of an image is there already.
bool is_interruption(UpdateError error) {
  constexpr UpdateError all[]{UpdateError::connection_lost, UpdateError::stalled,
                              UpdateError::no_connection,   UpdateError::name_not_found,
                              UpdateError::network_failed,  UpdateError::tls_failed,
                              UpdateError::proxy_failed,    UpdateError::server_failed};
  return std::find(std::begin(all), std::end(all), error) != std::end(all);
}

/// What the same bytes would meet again: nothing is won by fetching them once more.
bool is_about_image(UpdateError error) {
  const int number = number_of(error);
  return (number >= number_of(UpdateError::manifest_damaged) &&
          number <= number_of(UpdateError::gzip_window)) ||
         error == UpdateError::signature_wrong || error == UpdateError::no_space ||
         error == UpdateError::bad_size;
}

}  // namespace

std::string_view name_of(CheckResult result) {
  switch (result) {
    case CheckResult::up_to_date:
      return "up_to_date";
    case CheckResult::installed:
      return "installed";
    case CheckResult::ruled_out:
      return "ruled_out";
    case CheckResult::failed:
      break;
  }
  return "failed";
}

void PullCourse::begin(const Asker& asker, Instant now) {
  assert(!running() && settings_.usable());
  now_ = now;
  asker_ = asker;
  outcome_ = {};
  offer_ = {};
  cuts_ = forgiven_at_bytes_ = 0;
  memory_ = ports_.memory.load();
  origin_ = expand_url(settings_.url(), settings_.channel(), asker_);
  if (origin_.empty()) return fail(UpdateError::bad_configuration);
  ask(Purpose::question);
}

bool PullCourse::step(Instant now) {
  now_ = now;
  switch (state_) {
    case State::asking:
      return watch_head();
    case State::looking:
      return look();
    case State::receiving:
      return receive();
    case State::pausing:
      return go_on();
    case State::finishing:
      return finish_step();
    case State::idle:
    case State::over:
      break;
  }
  return false;
}

milliseconds PullCourse::wait(Instant now) const {
  return std::max(deadline_ - now, milliseconds{0});
}

void PullCourse::abort(UpdateError reason) {
  if (running()) fail(reason);
}

void PullCourse::enter(State state, milliseconds at_most) {
  state_ = state;
  deadline_ = now_ + at_most;
}

void PullCourse::end(CheckResult result, UpdateError error) {
  ports_.client.cancel();
  // All of it came before it was recognised: no update has failed.
  const bool recognised = result == CheckResult::up_to_date || error == UpdateError::failed_before;
  if (owns_upload_ && recognised) updater_.discard();
  let_go_of_upload(error == UpdateError::none ? UpdateError::cancelled : error);
  outcome_.result = result;
  outcome_.error = error;
  state_ = State::over;
}

void PullCourse::refuse(UpdateError error) {
  end(is_about_image(error) ? CheckResult::ruled_out : CheckResult::failed, error);
}

/// `reason` counts when the upload has not come to an end by itself.
void PullCourse::let_go_of_upload(UpdateError reason) {
  if (!owns_upload_) return;
  ota_.direct_upload().abort(reason);
  ota_.direct_upload().conclude();
  owns_upload_ = false;
}

// Asking.

void PullCourse::ask(Purpose purpose) {
  purpose_ = purpose;
  redirects_ = 0;
  url_ = origin_;
  send();
}

void PullCourse::send() {
  outcome_.retry_after = seconds{0};
  headers_.start(settings_.client(), settings_.channel(), asker_);
  add_conditions();
  const auto here = parse_web_address(url_);
  const auto origin = parse_web_address(origin_);
  const bool at_origin = here && origin && same_origin(*here, *origin);
  const Status begun =
      ports_.client.start({url_, headers_.view(), at_origin ? settings_.credentials() : std::string_view{},
                           settings_.proxy(), settings_.trust()});
  enter(State::asking, head_timeout);
  if (!begun.ok()) lost(begun.error());
}

/// The headers that tell the three kinds of requests apart.
void PullCourse::add_conditions() {
  FixedString<32> range{"bytes="};
  switch (purpose_) {
    case Purpose::question:
      asked_with_etag_ = remembers_what_counts();
      if (asked_with_etag_) headers_.add("If-None-Match", memory_.etag);
      return headers_.add("Range", range.append("-").append_number(tail_bytes));
    case Purpose::image:
      return headers_.add("If-Match", offer_.has_strong_etag() ? offer_.etag.view() : std::string_view{});
    case Purpose::rest:
      headers_.add("If-Range", offer_.validator());
      return headers_.add("Range", range.append_number(updater_.received_bytes()).append("-"));
  }
}

bool PullCourse::watch_head() {
  switch (ports_.client.state()) {
    case Client::State::asking:
      if (now_ < deadline_) return false;
      lost(UpdateError::stalled);
      break;
    case Client::State::responding:
      take_head(ports_.client.response());
      break;
    case Client::State::failed:
      lost(ports_.client.error());
      break;
    case Client::State::idle:
      lost(UpdateError::connection_lost);
      break;
  }
  return true;
}

void PullCourse::take_head(const Response& response) {
  if (is_redirect(response.status)) return follow(response.location);
  outcome_.retry_after = parse_retry_after(response.retry_after, ports_.calendar.unix_seconds());
  switch (response.status) {
    case 200:
      return take_offer(read_whole(response), 0);
    case 206:
      if (purpose_ == Purpose::question) return take_offer(pull::read_tail(response, tail_bytes), tail_bytes);
      if (purpose_ == Purpose::rest) return take_rest(response);
      return fail(UpdateError::bad_response);
    case 304:
      return take_not_modified(response);
    case 412:
    case 416:
      // The file is another one by now.
      if (purpose_ != Purpose::question) return cut(UpdateError::connection_lost, Purpose::question);
      break;
    default:
      break;
  }
  lost(error_for(response.status));
}

void PullCourse::follow(std::string_view location) {
  const auto from = parse_web_address(url_);
  const auto to = parse_web_address(location);
  if (location.empty()) return fail(UpdateError::bad_response);
  if (++redirects_ > most_redirects || !from || !to || !may_follow(settings_.redirects(), *from, *to))
    return fail(UpdateError::redirect_refused);
  const Url next{location};
  if (next.truncated()) return fail(UpdateError::redirect_refused);
  url_ = next;
  send();
}

/// What the device has, or had: the server knows it by its ETag, or by the digests that it was told.
void PullCourse::take_not_modified(const Response& response) {
  const std::string_view etag = checked_etag(response.etag);
  const bool of_remembered = asked_with_etag_ && (etag.empty() || etag == memory_.etag.view());
  const bool failed = of_remembered && memory_.sha256 != asker_.running.sha256;
  if (failed) return end(CheckResult::ruled_out, UpdateError::failed_before);
  end(CheckResult::up_to_date, UpdateError::none);
}

/// An answer to the question, or one with the whole file where less was asked for. `asked_bytes`: how much of
/// its end comes; 0: all of it.
void PullCourse::take_offer(const Result<Offer>& offer, std::size_t asked_bytes) {
  if (!offer.ok()) return refuse(offer.error());
  if (purpose_ != Purpose::question && contradict(offer.value(), offer_))
    return fail(UpdateError::bad_response);
  const bool same = purpose_ == Purpose::image && may_be_same(offer.value(), offer_);
  if (!same) tail_size_ = 0;
  offer_ = offer.value();
  body_is_whole_ = asked_bytes == 0;
  tail_wanted_ = std::min<std::size_t>(asked_bytes, offer_.size_bytes);
  let_go_of_upload(UpdateError::connection_lost);
  enter(State::looking, tail_timeout);
}

/// Nothing is stitched together that the server does not vouch for.
void PullCourse::take_rest(const Response& response) {
  if (!continues(response, offer_, updater_.received_bytes()))
    return cut(UpdateError::connection_lost, Purpose::question);
  window_start_bytes_ = updater_.received_bytes();
  enter(State::receiving, drip_window);
}

// Looking.

bool PullCourse::look() {
  // What was there of another file is put away by the ota element.
  const bool free = ota_.direct_upload().state() != Direct::State::concluded;
  if (!body_is_whole_ && tail_size_ < tail_wanted_) return read_tail();
  if (free) {
    decide();
  } else if (now_ >= deadline_) {
    fail(UpdateError::busy);
  }
  return free;
}

bool PullCourse::read_tail() {
  const MutableBytes room = MutableBytes{tail_}.subspan(tail_size_, tail_wanted_ - tail_size_);
  const Result<Client::Read> read = ports_.client.read(room);
  if (!read.ok()) {
    fail(read.error());
    return true;
  }
  tail_size_ += read.value().count;
  if (tail_size_ < tail_wanted_ && read.value().end_of_body) {
    fail(UpdateError::connection_lost);
  } else if (tail_size_ < tail_wanted_ && now_ >= deadline_) {
    fail(UpdateError::stalled);
  }
  return read.value().count > 0 || !running();
}

void PullCourse::decide() {
  if (ruled_out(offer_, tail())) return;
  if (!body_is_whole_) {
    if (const Status welcome = ota_.consider(announcement()); !welcome.ok()) return refuse(welcome.error());
    return ask(Purpose::image);
  }
  if (const Status begun = ota_.begin_direct_upload(announcement()); !begun.ok())
    return refuse(begun.error());
  owns_upload_ = true;
  window_start_bytes_ = 0;
  enter(State::receiving, drip_window);
}

/// True: the check is over.
bool PullCourse::ruled_out(const Offer& offer, Bytes tail) {
  const auto manifest = manifest_in(tail, offer.size_bytes);
  outcome_.version = manifest ? manifest->version : offer.version;
  switch (judge(offer, manifest, known(), updater_.history().recent())) {
    case Judgement::worth_having:
      return false;
    case Judgement::waits_already:
      end(CheckResult::up_to_date, UpdateError::none);
      break;
    case Judgement::up_to_date:
      remember(asker_.running.sha256);
      end(CheckResult::up_to_date, UpdateError::none);
      break;
    case Judgement::failed_before:
      end(CheckResult::ruled_out, UpdateError::failed_before);
      break;
  }
  return true;
}

update::Announcement PullCourse::announcement() const {
  update::Announcement announcement;
  announcement.size_bytes = offer_.size_bytes;
  announcement.md5 = offer_.md5;
  announcement.sha256 = offer_.sha256;
  announcement.trailer = tail();
  announcement.source = boot::SourceText{"pull "}.append(settings_.host());
  return announcement;
}

Known PullCourse::known() const {
  const boot::BootRecord::Slots& slots = updater_.store().record().of(image::Kind::firmware);
  const boot::SlotInfo& target = slots.at(slots.target());
  const bool waits = target.state == boot::SlotState::staged;
  return {asker_.running.sha256, asker_.md5, asker_.version,
          waits ? target.image.sha256 : crypto::Sha256Digest{}};
}

// Receiving.

/// Straight into the updater's room, with the work of a block behind it.
bool PullCourse::receive() {
  Direct& direct = ota_.direct_upload();
  const std::uint32_t before = updater_.received_bytes();
  const bool step_due = direct.room().empty();
  bool ended{false};
  for (MutableBytes room = direct.room(); !room.empty() && !ended; room = direct.room()) {
    const Result<Client::Read> read = ports_.client.read(room);
    if (!read.ok()) {
      lost(read.error());
      return true;
    }
    const std::size_t count = read.value().count;
    keep_tail(room.first(count), updater_.received_bytes());
    direct.took(count);
    ended = read.value().end_of_body;
    if (count == 0) break;
  }
  direct.step();
  if (direct.state() == Direct::State::judged) {
    refuse(direct.error());
  } else if (direct.state() != Direct::State::complete) {
    if (ended) lost(UpdateError::connection_lost);
    if (state_ == State::receiving) watch_progress();
  } else if (ended) {
    finish();
  } else {
    expect_end_of_body();
  }
  return step_due || updater_.received_bytes() != before || state_ != State::receiving;
}

void PullCourse::keep_tail(Bytes bytes, std::uint32_t offset) {
  const std::uint32_t from = offer_.size_bytes - std::min(offer_.size_bytes, tail_bytes);
  for (std::size_t i = from > offset ? from - offset : 0; i < bytes.size(); ++i) {
    tail_[offset + i - from] = bytes[i];
  }
}

void PullCourse::watch_progress() {
  const std::uint32_t have = updater_.received_bytes();
  if (have - forgiven_at_bytes_ >= cut_forgiven_bytes && have > forgiven_at_bytes_) {
    forgiven_at_bytes_ = have;
    cuts_ = 0;
  }
  if (now_ < deadline_) return;
  if (have - window_start_bytes_ < least_drip_bytes) return lost(UpdateError::stalled);
  window_start_bytes_ = have;
  enter(State::receiving, drip_window);
}

/// All is there: more than the announced length would be another image.
void PullCourse::expect_end_of_body() {
  std::array<std::uint8_t, 1> more{};
  const Result<Client::Read> read = ports_.client.read(more);
  if (!read.ok()) {
    fail(read.error());
  } else if (read.value().count > 0) {
    fail(UpdateError::bad_size);
  } else if (read.value().end_of_body) {
    finish();
  } else if (now_ >= deadline_) {
    fail(UpdateError::stalled);
  }
}

/// Judged again, now that all of it is there: a server that tells no digest must not make the device install
/// the same image again and again.
void PullCourse::finish() {
  Offer received = offer_;
  received.sha256 = updater_.received_sha256();
  if (ruled_out(received, Bytes{tail_}.first(std::min(offer_.size_bytes, tail_bytes)))) return;
  ports_.client.cancel();
  ota_.direct_upload().finish();
  state_ = State::finishing;
}

bool PullCourse::finish_step() {
  const Direct& direct = ota_.direct_upload();
  ota_.direct_upload().step();
  if (direct.state() != Direct::State::judged) return true;
  if (direct.error() != UpdateError::none) {
    refuse(direct.error());
    return true;
  }
  remember(updater_.image_sha256());
  end(CheckResult::installed, UpdateError::none);
  return true;
}

// Cuts.

void PullCourse::lost(UpdateError error) {
  if (!owns_upload_ || !is_interruption(error)) return fail(error);
  const bool resumable = updater_.received_bytes() > 0 && !offer_.validator().empty();
  cut(error, resumable ? Purpose::rest : Purpose::question);
}

void PullCourse::cut(UpdateError reason, Purpose next) {
  ports_.client.cancel();
  if (++cuts_ >= most_cuts || outcome_.retry_after > longest_pause) return fail(reason);
  after_pause_ = next;
  const seconds pause = std::min(longest_pause, seconds{1 << (cuts_ - 1)});
  enter(State::pausing, std::max(pause, outcome_.retry_after));
}

bool PullCourse::go_on() {
  if (now_ < deadline_) return false;
  if (after_pause_ == Purpose::question) let_go_of_upload(UpdateError::connection_lost);
  ask(after_pause_);
  return true;
}

// What is remembered.

/// The server's file under that name is what runs, or what has failed here.
bool PullCourse::remembers_what_counts() {
  if (memory_.etag.empty()) return false;
  return (!asker_.running.empty() && memory_.sha256 == asker_.running.sha256) ||
         was_rolled_back(updater_.history().recent(), memory_.sha256);
}

void PullCourse::remember(const crypto::Sha256Digest& image) {
  if (offer_.etag.empty() || (memory_.etag.view() == offer_.etag.view() && memory_.sha256 == image)) return;
  memory_ = {offer_.etag, image};
  // Without it the next check costs a trailer: no reason to end this one otherwise.
  [[maybe_unused]] const Status stored = ports_.memory.store(memory_);
}

}  // namespace airlift::pull
