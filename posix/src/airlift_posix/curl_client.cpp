#include "airlift_posix/curl_client.hpp"

#include <cassert>
#include <filesystem>

namespace airlift::posix {

Status CurlClient::start(const Request& request) {
  cancel();
  auto url = CurlUrl::parse(std::string{request.url});
  if (!url) return UpdateError::bad_response;
  transfer_ = std::make_unique<CurlTransfer>(loop_, std::move(*url), request);
  const std::string ca = std::filesystem::path{directory_} / request.trust.ca;
  const Status started = transfer_->start({request.trust.roots, ca, request.trust.pins});
  if (!started.ok()) cancel();
  return started;
}

port::HttpClient::State CurlClient::state() {
  if (!transfer_) return State::idle;
  const bool failed = transfer_->over() && transfer_->error() != UpdateError::none;
  if (!transfer_->head().finished()) return failed ? State::failed : State::asking;
  if (!read_out_) return State::responding;
  return failed ? State::failed : State::idle;
}

const port::HttpClient::Response& CurlClient::response() const {
  static const Response none;
  return transfer_ ? transfer_->head().response() : none;
}

Result<port::HttpClient::Read> CurlClient::read(MutableBytes into) {
  assert(state() == State::responding);
  Read read{transfer_->take(into), false};
  read_out_ = read.count == 0 && transfer_->over();
  if (read_out_ && transfer_->error() != UpdateError::none) return transfer_->error();
  read.end_of_body = read_out_;
  return read;
}

UpdateError CurlClient::error() const {
  return transfer_ ? transfer_->error() : UpdateError::none;
}

void CurlClient::cancel() {
  transfer_.reset();
  read_out_ = false;
}

}  // namespace airlift::posix
