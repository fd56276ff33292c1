#include "airlift/web/refusal.hpp"

#include "airlift/base/fixed_string.hpp"
#include "airlift/http/answer.hpp"
#include "airlift/http/json.hpp"

namespace airlift::web {
namespace {

struct StatusRow {
  UpdateError error;
  int status;
};

// What is not here is the image's fault: 422.
constexpr StatusRow status_table[]{
    {UpdateError::flash_write, 500},
    {UpdateError::flash_erase, 500},
    {UpdateError::flash_read, 500},
    {UpdateError::flash_misuse, 500},
    {UpdateError::storage_failed, 500},
    {UpdateError::no_boot_record, 500},
    {UpdateError::no_entropy, 500},
    {UpdateError::no_space, 413},
    {UpdateError::too_long, 413},
    {UpdateError::stalled, 408},
    {UpdateError::busy, 409},
    {UpdateError::trial_running, 409},
    {UpdateError::safe_mode, 403},
    {UpdateError::encryption_required, 403},
    {UpdateError::wrong_password, 401},
    {UpdateError::too_many_tries, 429},
    {UpdateError::bad_message, 400},
    {UpdateError::connection_lost, 400},
    {UpdateError::file_unreadable, 404},
};

struct HttpRow {
  int status;
  std::string_view name;
  std::string_view advice;
};

constexpr HttpRow http_table[]{
    {400, "bad_request", "The request is damaged, or could be read in two ways"},
    {401, "password_needed", "Log in with the password of the ota element"},
    {404, "not_found", "See docs/design/device-page.md for what there is"},
    {405, "method_not_allowed", "The Allow header names what can be done here"},
    {406, "gzip_needed", "The page is compressed: ask with Accept-Encoding: gzip"},
    {408, "timeout", "The network is slow, or the sender has stopped"},
    {411, "length_needed", "Send a Content-Length, and no Transfer-Encoding"},
    {413, "too_large", "docs/design/device-page.md has the limits"},
    {415, "wrong_content_type", "Send a form, and a file as multipart/form-data"},
    {417, "expectation_failed", "Expect nothing but 100-continue"},
    {421, "wrong_host", "Use the device's address, its name, or its name with .local"},
    {431, "head_too_large", "docs/design/device-page.md has the limits"},
    {503, "too_many_streams", "Close another page of this device"},
    {505, "wrong_version", "Use HTTP/1.1 or HTTP/1.0"},
};

int status_of(UpdateError error) {
  for (const StatusRow& row : status_table) {
    if (row.error == error) return row.status;
  }
  return 422;
}

}  // namespace

Refusal refusal_of(UpdateError error) {
  const ErrorInfo& info = describe(error);
  return {status_of(error), info.name, number_of(error), info.text, info.advice, milliseconds{0}};
}

Refusal refusal_of(int status) {
  for (const HttpRow& row : http_table) {
    if (row.status == status)
      return {status, row.name, 0, http::reason_of(status), row.advice, milliseconds{0}};
  }
  return {status, "refused", 0, http::reason_of(status), {}, milliseconds{0}};
}

Refusal cross_site_refusal() {
  return {403,
          "cross_site",
          0,
          "the request does not come from the device's own page or a tool",
          "Use the device's page, or send the header X-CSRF-Token",
          milliseconds{0}};
}

void write_refusal(http::TextWriter& into, const Refusal& refusal, std::string_view message) {
  const FixedString<8> number = FixedString<8>{}.append_number(refusal.number);
  http::JsonObject{into}
      .field("error", refusal.name)
      .field("number", number)
      .field("message", message.empty() ? refusal.message : message)
      .field("advice", refusal.advice)
      .end();
}

}  // namespace airlift::web
