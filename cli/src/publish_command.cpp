#include "publish_command.hpp"

#include <fmt/format.h>

#include <ctime>
#include <map>

#include "airlift_server/catalog.hpp"
#include "airlift_server/layout.hpp"
#include "airlift_server/publish_error.hpp"
#include "command_failure.hpp"
#include "deflater.hpp"
#include "terminal.hpp"

namespace airlift::cli {
namespace {

using server::Publisher;

constexpr auto publish_examples{R"(Examples:
  airlift publish updates app.bin.signed                  for the boards its manifest names
  airlift publish updates app.bin --board d1_mini         an image without manifest
  airlift publish updates app.bin.signed --channel beta --gzip
  airlift publish updates app-1.3.bin.signed --make-current          the channel goes back
  airlift publish updates --list

`airlift serve updates`, nginx or any web server then give it to the devices: docs/update-server.md.
Exit codes: 0 done or there already, 1 the image is refused (damaged, wrong signature, older than
what is there), 2 wrong options, 8 trouble on this computer.)"};

const std::map<std::string, image::Kind> kind_words{{"firmware", image::Kind::firmware},
                                                    {"filesystem", image::Kind::filesystem}};

CommandError command_error(const server::PublishError& error) {
  const bool older = error.code == UpdateError::refused;
  return make_error(error.code, older ? Subject::image : Subject::output, error.message, error.advice);
}

server::Source whole(const std::string& path) {
  return [path](const server::Sink& sink) {
    ImageFile file{path};
    file.read(0, file.size_bytes(), sink);
  };
}

server::Source compressed(const std::string& path) {
  return [path](const server::Sink& sink) {
    constexpr int smallest{9};
    Deflater deflater{smallest, sink};
    whole(path)([&deflater](Bytes bytes) { deflater.feed(bytes); });
    deflater.finish();
  };
}

std::string too_many_in(const std::string& board) {
  return fmt::format(
      "More than {} images of {} in one channel: airlift serve offers only that many; remove old ones.",
      server::Catalog::most_files, board);
}

}  // namespace

PublishCommand::PublishCommand(CLI::App& app)
    : command_{*app.add_subcommand("publish", "Put an image into a folder that devices update from")},
      channel_{server::default_channel} {
  command_.add_option("DIR", folder_, "The folder; made when it is missing")->type_name("")->required();
  command_.add_option("IMAGE", file_, "The image, best signed by airlift sign")->type_name("");
  add_image_options();
  command_.add_flag("--dry-run", dry_, "Check everything, say what would be done, and write nothing");
  command_.add_flag("--list", list_, "Show what is in DIR");
  command_.add_flag("--json", json_, "Print one JSON object on standard output");
  command_.footer(publish_examples);
}

void PublishCommand::add_image_options() {
  command_.add_option("--board", wishes_.boards, "A board it is for (default: all its manifest names)")
      ->type_name("ID")
      ->expected(1)
      ->take_all();
  command_.add_option("--channel", channel_, "The channel (default: stable)")->type_name("NAME");
  command_
      .add_option_function<image::Kind>(
          "--kind", [this](image::Kind kind) { wishes_.kind = kind; },
          "firmware or filesystem (default: as its manifest says, else firmware)")
      ->type_name("KIND")
      ->transform(CLI::Transformer(kind_words).description(""));
  command_.add_option("--key", keys_, "Public key (PEM) that must have signed it; up to 8 times")
      ->type_name("PUB")
      ->expected(1)
      ->take_all();
  command_.add_flag("--allow-older", allow_older_, "Keep an older image for devices too old for the newest");
  command_.add_flag("--make-current", make_current_, "Give this image even when it is older: go back to it");
  command_.add_flag("--gzip", gzip_, "Put a compressed sibling beside it, as nginx's gzip_static wants it");
}

void PublishCommand::check_arguments() const {
  if (list_ != file_.empty())
    throw CLI::ValidationError{"publish",
                               list_ ? "--list takes no image" : "which image? Give DIR and IMAGE"};
  if (!server::is_folder_name(channel_)) {
    throw CLI::ValidationError{"--channel",
                               "1 to 64 letters, digits, '-', '_' and '.', not beginning with '.'"};
  }
}

server::NewImage PublishCommand::image_of(const PublishReport& report) const {
  return {report.published, whole(file_), gzip_ ? compressed(file_) : server::Source{}};
}

PublishReport PublishCommand::prepare() const {
  const Examination examination = examine(file_, load_keys(keys_));
  PublishReport report;
  report.file = file_;
  report.folder = folder_;
  report.channel = channel_;
  report.image = check_for_publishing(examination, wishes_);
  report.published = cli::image_of(examination, report.image.kind, std::time(nullptr));
  report.run = dry_ ? Run::dry : Run::real;
  return report;
}

void PublishCommand::carry_out(PublishReport& report) const {
  Publisher publisher{folder_, channel_};
  if (!dry_ && !publisher.lock(Publisher::Wait::no)) {
    fmt::print(stderr, "another airlift publish is at work in {}: waiting for its end\n", folder_);
    static_cast<void>(publisher.lock(Publisher::Wait::yes));
  }
  const auto if_older = make_current_  ? server::IfOlder::made_current
                        : allow_older_ ? server::IfOlder::archived
                                       : server::IfOlder::refused;
  const server::NewImage image = image_of(report);
  // All boards are looked at before the first one is changed.
  for (const std::string& board : report.image.boards)
    report.plans.push_back(publisher.plan(board, image, if_older));
  for (const server::Plan& plan : report.plans) {
    if (!dry_) publisher.carry_out(plan, image);
    if (plan.archived_before >= server::Catalog::most_files && !plan.archived_already)
      report.image.warnings.push_back(too_many_in(plan.board));
  }
}

void PublishCommand::publish() const {
  PublishReport report = prepare();
  carry_out(report);
  if (!json_) {
    for (const std::string& warning : report.image.warnings) print_warning(warning);
  }
  fmt::print("{}", json_ ? publish_json(report) + "\n" : publish_text(report));
}

void PublishCommand::list() const {
  const std::vector<server::ListedImage> images = server::list_images(folder_);
  fmt::print("{}", json_ ? listing_json(folder_, images) + "\n" : listing_text(folder_, images));
}

int PublishCommand::run() const try {
  check_arguments();
  try {
    list_ ? list() : publish();
  } catch (const server::PublishError& error) {
    throw command_error(error);
  } catch (const FileError& error) {
    throw make_error(UpdateError::file_unreadable, Subject::file, error.message);
  }
  return 0;
} catch (const CommandError& error) {
  if (!json_) throw;
  fmt::print("{}\n", to_json(error.failure, list_ ? folder_ : file_));
  return exit_code_of(error.failure);
}

}  // namespace airlift::cli
