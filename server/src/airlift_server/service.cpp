#include "airlift_server/service.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "airlift/codec/text.hpp"

namespace airlift::server {
namespace {

std::optional<std::string> read_text(const std::string& path, port::Log& log) {
  std::ifstream stream{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{stream}, {}};
  if (stream) return text;
  log.write(port::LogLevel::error, "serve", fmt::format("{}: {}", path, std::strerror(errno)));
  return std::nullopt;
}

std::optional<std::vector<Token>> read_tokens(const std::string& path, port::Log& log) {
  const auto text = read_text(path, log);
  if (!text) return std::nullopt;
  std::size_t wrong_line{0};
  auto tokens = parse_tokens(*text, wrong_line);
  if (!tokens) {
    log.write(port::LogLevel::error, "serve",
              fmt::format("{}, line {}: not `<name> <SHA-256 of the token>`; airlift token writes such lines",
                          path, wrong_line));
  }
  return tokens;
}

}  // namespace

std::optional<Access> read_access(const AccessFiles& files, port::Log& log) {
  std::optional<std::vector<Token>> tokens;
  std::optional<std::string> password;
  if (!files.tokens.empty() && !(tokens = read_tokens(files.tokens, log))) return std::nullopt;
  if (files.password.empty()) return Access{std::move(tokens), std::nullopt};
  if (!(password = read_text(files.password, log))) return std::nullopt;
  const std::string_view login = codec::first_line(*password);
  if (login.find(':') == std::string_view::npos) {
    log.write(port::LogLevel::error, "serve",
              fmt::format("{}: its first line is not `user:password`", files.password));
    return std::nullopt;
  }
  return Access{std::move(tokens), login};
}

Reply Service::reply(const http::Request& request, const AskedHeaders& headers, const port::IpAddress& peer,
                     const Moment& now) {
  const Access::Decision decision = access_.judge(request.authorization);
  if (decision.verdict != Access::Verdict::granted)
    return refuse_stranger(decision.verdict, peer, now.steady);
  look_if_due(now);
  Reply reply;
  reply.token = decision.token;
  const bool has_body = request.content_length.value_or(0) > 0;
  const bool asks = request.method == http::Method::get || request.method == http::Method::head;
  if (asks && has_body) {
    reply.answer = refusal(413, "Requests have no body here.\n");
    return reply;
  }
  if (request.keep_alive && !has_body) reply.ending = Ending::keep_alive;
  reply.answer = answer(request, headers.device(), headers.conditions(request), channels());
  load(reply);
  if (request.method == http::Method::head) reply.answer.body = Answer::Body::none;
  return reply;
}

void Service::look_if_due(const Moment& now) {
  if (now.steady - looked_ < look_interval) return;
  looked_ = now.steady;
  // A folder that is not there for once, a disk that is being mounted for instance, takes nothing away.
  if (catalog_.look(now.unix_ns)) contents_.keep_only(channels());
}

Reply Service::refuse_stranger(Access::Verdict verdict, const port::IpAddress& peer, Instant now) {
  Reply reply;
  reply.answer = refusal(401, "A token or password is wanted.\n");
  if (verdict == Access::Verdict::missing) return reply;
  reply.answer.remark = "wrong token or password";
  reply.delay = brake_.wrong(peer, now);
  if (reply.delay.count() == 0 || delayed_ < most_delayed) return reply;
  reply.answer = refusal(429, "Too many wrong tokens.\n");
  reply.answer.retry_after_s = static_cast<int>(std::chrono::ceil<seconds>(reply.delay).count());
  reply.delay = {};
  return reply;
}

void Service::load(Reply& reply) {
  const Answer::Body body = reply.answer.body;
  if (body != Answer::Body::image && body != Answer::Body::gzip) return;
  reply.content = contents_.get(catalog_.directory(), *reply.answer.file);
  if (reply.content) return;
  reply.answer = refusal(503, "Changing just now.\n", "the file is changing, or memory is full");
  reply.answer.retry_after_s = 1;
}

}  // namespace airlift::server
