#include "extension_transfer.hpp"

#include <fmt/format.h>

#include <utility>

namespace airlift::cli {
namespace {

using Remedy = TransferEnd::Remedy;

long long whole_seconds(milliseconds duration) {
  return std::chrono::duration_cast<seconds>(duration).count();
}

/// Whether a device that answers so has not accepted the password, or will not hear it.
bool is_about_the_password(UpdateError error) {
  return error == UpdateError::wrong_password || error == UpdateError::too_many_tries ||
         error == UpdateError::no_challenge || error == UpdateError::encryption_required;
}

std::string words_of(UpdateError error, std::string_view detail) {
  const std::string_view text = describe(error).text;
  return detail.empty() ? std::string{text} : fmt::format("{}: {}", text, detail);
}

}  // namespace

ExtensionTransfer::ExtensionTransfer(Instant now, Plan plan) : plan_{std::move(plan)}, now_{now} {
  enter(State::offering, answer_timeout);
}

std::size_t ExtensionTransfer::encode_offer(wire::FrameBytes& into) const {
  return wire::encode(plan_.offer, plan_.session_key, into);
}

void ExtensionTransfer::frame(Instant now, wire::FrameType type, Bytes payload) {
  now_ = now;
  if (finished()) return;
  const bool proven = wire::mac_is_right(plan_.session_key, type, payload);
  switch (type) {
    case wire::FrameType::answer:
      return state_ == State::offering ? on_answer(payload, proven) : bad_message("a second answer");
    case wire::FrameType::progress:
      return state_ == State::offering ? bad_message("progress before an answer") : on_progress(payload);
    case wire::FrameType::result:
      return state_ == State::offering ? bad_message("a result before an answer")
                                       : on_result(payload, proven);
    case wire::FrameType::secure:
    case wire::FrameType::offer:
    case wire::FrameType::query:
    case wire::FrameType::data:
    case wire::FrameType::status:
      return bad_message("a frame that belongs elsewhere");
  }
}

void ExtensionTransfer::connection_ended(Instant now, UpdateError error) {
  now_ = now;
  if (finished()) return;
  if (error == UpdateError::tls_failed && state_ == State::offering) {
    return fail(error,
                fmt::format("no encrypted connection to {}: the password is wrong, or somebody stands in "
                            "between",
                            plan_.device_text));
  }
  if (error == UpdateError::bad_message) return bad_message("bytes that are no frame");
  if (state_ == State::offering || state_ == State::checking) {
    return fail(error,
                fmt::format("{} closed the connection before it answered the offer", plan_.device_text),
                Remedy::resume);
  }
  fail(error,
       fmt::format("the connection to {} broke after {} of {} bytes", plan_.device_text, device_has_,
                   plan_.offer.size_bytes),
       Remedy::resume);
}

void ExtensionTransfer::prefix_is(Instant now, const crypto::Sha256Digest& digest) {
  now_ = now;
  if (state_ != State::checking) return;
  if (digest == answer_.prefix_sha256) return begin_sending();
  fail(UpdateError::sha256_mismatch,
       fmt::format("{} has {} bytes that are not the start of this file", plan_.device_text, answer_.offset),
       Remedy::from_the_start);
}

void ExtensionTransfer::bytes_taken(Instant now) {
  now_ = now;
  if (state_ == State::sending) enter(State::sending, stall_timeout);
}

void ExtensionTransfer::all_sent(Instant now) {
  now_ = now;
  if (state_ == State::sending)
    enter(State::awaiting_result, device_has_all() ? result_timeout : stall_timeout);
}

void ExtensionTransfer::tick(Instant now) {
  now_ = now;
  if (!finished() && now >= wake_at_) overdue();
}

Stage ExtensionTransfer::stage() const {
  switch (state_) {
    case State::offering:
    case State::checking:
      return Stage::authenticate;
    case State::sending:
      return Stage::transfer;
    case State::awaiting_result:
    case State::ended:
      return Stage::verify;
  }
  return Stage::verify;
}

void ExtensionTransfer::on_answer(Bytes payload, bool proven) {
  const auto answer = wire::decode_answer(payload);
  if (!answer.ok()) return bad_message("an answer that cannot be read");
  answer_ = answer.value();
  if (answer_.error != UpdateError::none) {
    const Stage stage = is_about_the_password(answer_.error) ? Stage::authenticate : Stage::invite;
    return refuse(stage, "refused the upload", answer_.error, answer_.detail);
  }
  if (!proven) return not_proven();
  if (answer_.offset > plan_.offer.size_bytes || (plan_.offer.from_the_start && answer_.offset > 0)) {
    return bad_message(fmt::format("that it has {} bytes already", answer_.offset));
  }
  device_has_ = answer_.offset;
  if (answer_.offset == 0) return begin_sending();
  if (plan_.offer.compressed) {
    return fail(UpdateError::bad_message,
                fmt::format("{} has {} bytes already", plan_.device_text, answer_.offset),
                Remedy::uncompressed);
  }
  enter(State::checking, answer_timeout);
}

void ExtensionTransfer::on_progress(Bytes payload) {
  const auto progress = wire::decode_progress(payload);
  if (!progress.ok() || progress.value().offset < device_has_ ||
      progress.value().offset > plan_.offer.size_bytes) {
    return bad_message("a progress that cannot be");
  }
  device_has_ = progress.value().offset;
  enter(state_, device_has_all() ? result_timeout : stall_timeout);
}

void ExtensionTransfer::on_result(Bytes payload, bool proven) {
  const auto result = wire::decode_result(payload);
  if (!result.ok()) return bad_message("a result that cannot be read");
  if (result.value().error != UpdateError::none) {
    return refuse(Stage::verify, "rejected the image", result.value().error, result.value().detail);
  }
  if (!proven) return not_proven();
  if (state_ != State::awaiting_result) {
    return bad_message(fmt::format("OK after {} of {} bytes", device_has_, plan_.offer.size_bytes));
  }
  device_has_ = plan_.offer.size_bytes;
  TransferEnd end;
  end.proof = result.value().starts_next ? Proof::taken : Proof::waits;
  end.image_sha256 = result.value().image_sha256;
  this->end(std::move(end));
}

void ExtensionTransfer::begin_sending() {
  enter(State::sending, stall_timeout);
}

void ExtensionTransfer::enter(State state, milliseconds wake_in) {
  state_ = state;
  wake_at_ = now_ + wake_in;
}

void ExtensionTransfer::end(TransferEnd end) {
  end_ = std::move(end);
  state_ = State::ended;
}

void ExtensionTransfer::fail(PushFailure failure) {
  if (!finished()) end({std::move(failure), Remedy::none, Proof::none, std::nullopt});
}

void ExtensionTransfer::fail(UpdateError code, std::string message, Remedy remedy) {
  end({make_failure(code, stage(), std::move(message)), remedy, Proof::none, std::nullopt});
}

/// The device's errors are those of the one list: its word is the failure.
void ExtensionTransfer::refuse(Stage stage, std::string_view what, UpdateError error,
                               std::string_view detail) {
  const std::string words = words_of(error, detail);
  PushFailure failure = make_failure(error, stage, fmt::format("{} {}: {}", plan_.device_text, what, words));
  if (error == UpdateError::wrong_password) {
    failure.message = fmt::format("{} did not accept the password", plan_.device_text);
  }
  failure.device_says = words;
  failure.device_number = number_of(error);
  fail(std::move(failure));
}

void ExtensionTransfer::bad_message(std::string_view what) {
  fail(UpdateError::bad_message, fmt::format("{} sent {}", plan_.device_text, what));
}

void ExtensionTransfer::not_proven() {
  fail(make_failure(UpdateError::device_not_proven, Stage::authenticate,
                    fmt::format("{} says that all is well, but does not prove that it knows the password",
                                plan_.device_text)));
}

void ExtensionTransfer::overdue() {
  switch (state_) {
    case State::offering:
    case State::checking:
      return fail(UpdateError::stalled,
                  fmt::format("{} did not answer the offer within {} s", plan_.device_text,
                              whole_seconds(answer_timeout)),
                  Remedy::resume);
    case State::sending:
    case State::awaiting_result:
      if (device_has_all()) {
        return fail(UpdateError::no_result,
                    fmt::format("{} took all {} bytes, then said nothing for {} s", plan_.device_text,
                                plan_.offer.size_bytes, whole_seconds(result_timeout)));
      }
      return fail(UpdateError::stalled,
                  fmt::format("{} took {} of {} bytes, then nothing for {} s", plan_.device_text, device_has_,
                              plan_.offer.size_bytes, whole_seconds(stall_timeout)),
                  Remedy::resume);
    case State::ended:
      return;
  }
}

}  // namespace airlift::cli
