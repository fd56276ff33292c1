#pragma once
// What the routes do.

#include "airlift/web/call.hpp"

namespace airlift::web {

void send_page(Call& call);
void send_home(Call& call);
void show_login(Call& call);
void log_in(Call& call);
void log_out(Call& call);
void show_system(Call& call);
void list_elements(Call& call);
void show_state(Call& call);
void show_or_act(Call& call);
void stream_events(Call& call);
void reboot(Call& call);
void judge_offer(Call& call);
void list_files(Call& call);
void send_file(Call& call);
void take_file(Call& call);
void remove_file(Call& call);

/// `accept` names JSON before everything else, as a page's own calls do.
[[nodiscard]] bool wants_json(const http::Request& request);
/// How an upload ended; `error` none: the image is next.
void answer_upload(Call& call, UpdateError error);

}  // namespace airlift::web
