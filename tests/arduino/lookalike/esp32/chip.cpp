#include "chip.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

#include "esp_ota_ops.h"
#include "esp_random.h"
#include "esp_timer.h"
#include "lwip/sockets.h"
#include "mdns.h"
#include "nvs.h"

namespace chip {
namespace {

/// The loader's two notes (ESP-IDF, "Over The Air Updates", OTA data partition): the one with the higher
/// number counts, and the number says which partition it is about.
enum class NoteState : std::uint32_t { fresh, pending, valid, aborted, undefined = 0xFFFFFFFF };
struct Note {
  std::uint32_t sequence{0};  ///< 0: none
  NoteState state{NoteState::undefined};
};
using Notes = std::array<Note, 2>;

const std::array<esp_partition_t, 3> partitions{
    esp_partition_t{ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_OTA_0, app_0, app_bytes, "app0", false},
    esp_partition_t{ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_OTA_1, app_1, app_bytes, "app1", false},
    esp_partition_t{ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_SPIFFS, filesystem, filesystem_bytes,
                    "spiffs", false}};

std::filesystem::path folder;
std::string socket_address;
std::uint8_t* flash{nullptr};
std::size_t running{0};
std::uint32_t change_count{0};
std::optional<std::uint32_t> changes_left;
std::uint16_t last_port{0};

/// Counts a change. False: there is no power for it any more.
bool powered() {
  ++change_count;
  if (!changes_left) return true;
  if (*changes_left == 0) return false;
  --*changes_left;
  return true;
}

/// As NVS does: after a power cut the old or the new content is there.
bool replace(const std::filesystem::path& file, const void* bytes, std::size_t size) {
  if (!powered()) return false;
  const std::filesystem::path fresh = file.string() + ".new";
  std::ofstream{fresh, std::ios::binary}.write(static_cast<const char*>(bytes),
                                               static_cast<std::streamsize>(size));
  std::filesystem::rename(fresh, file);
  return true;
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

Notes load_notes() {
  Notes notes{};
  const std::string bytes = content_of(folder / "otadata");
  if (bytes.size() == sizeof(notes)) std::memcpy(notes.data(), bytes.data(), sizeof(notes));
  return notes;
}
bool store_notes(const Notes& notes) {
  return replace(folder / "otadata", notes.data(), sizeof(notes));
}

std::size_t newest_of(const Notes& notes) {
  return notes[1].sequence > notes[0].sequence ? 1 : 0;
}
std::size_t partition_of(const Note& note) {
  return note.sequence == 0 ? 0 : (note.sequence - 1) % 2;
}
bool has_image(std::size_t partition) {
  return flash[partitions[partition].address] == 0xE9;
}

std::filesystem::path file_of(const char* key) {
  return folder / "nvs" / key;
}

}  // namespace

void connect(const std::filesystem::path& where, std::string_view address) {
  folder = where;
  socket_address = address;
  std::filesystem::create_directories(folder / "nvs");
  const int fd = open((folder / "flash.bin").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const bool fresh = std::filesystem::file_size(folder / "flash.bin") == 0;
  if (fd < 0 || ftruncate(fd, flash_bytes) != 0) std::abort();
  flash = static_cast<std::uint8_t*>(mmap(nullptr, flash_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
  close(fd);
  if (flash == MAP_FAILED) std::abort();
  if (fresh) std::fill_n(flash, flash_bytes, std::uint8_t{0xFF});
}

void disconnect() {
  munmap(flash, flash_bytes);
  flash = nullptr;
}

bool boot() {
  changes_left.reset();
  change_count = 0;
  Notes notes = load_notes();
  Note& newest = notes[newest_of(notes)];
  if (newest.state == NoteState::pending) newest.state = NoteState::aborted;
  if (newest.state == NoteState::fresh) newest.state = NoteState::pending;
  if (newest.sequence != 0) store_notes(notes);
  running = partition_of(newest);
  if (newest.state == NoteState::aborted || !has_image(running)) running = 1 - running;
  return has_image(running);
}

bool is_pending() {
  const Notes notes = load_notes();
  const Note& newest = notes[newest_of(notes)];
  return partition_of(newest) == running && newest.state == NoteState::pending;
}

std::string image_says(std::string_view name) {
  constexpr std::size_t searched_bytes{256};
  const auto* const start = reinterpret_cast<const char*>(flash + partitions[running].address);
  const std::string_view image{start, searched_bytes};
  const std::size_t at = image.find(std::string{name} + "=");
  if (at == std::string_view::npos) return {};
  const std::string_view value = image.substr(at + name.size() + 1);
  return std::string{value.substr(0, value.find(';'))};
}

void cut_power_after(std::uint32_t count) {
  changes_left = count;
}
std::uint32_t changes() {
  return change_count;
}

void flash_by_cable(std::string_view image) {
  std::fill_n(flash + app_0, app_bytes, std::uint8_t{0xFF});
  std::copy(image.begin(), image.end(), flash + app_0);
  std::filesystem::remove(folder / "otadata");
}

std::uint16_t bound_port() {
  return last_port;
}

void restart(std::string_view why) {
  say("chip: restarts: " + std::string{why});
  constexpr unsigned int behind_stderr{3};
  close_range(behind_stderr, ~0U, 0);
  execl("/proc/self/exe", "sketch", nullptr);
  std::abort();
}

void say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

}  // namespace chip

using chip::flash;

const esp_partition_t* esp_partition_find_first(esp_partition_type_t type, esp_partition_subtype_t subtype,
                                                const char* label) {
  const auto* const found =
      std::find_if(chip::partitions.begin(), chip::partitions.end(), [&](const esp_partition_t& partition) {
        return partition.type == type && partition.subtype == subtype &&
               (label == nullptr || std::strcmp(label, partition.label) == 0);
      });
  return found == chip::partitions.end() ? nullptr : found;
}

esp_err_t esp_partition_read(const esp_partition_t* partition, std::size_t offset, void* into,
                             std::size_t size) {
  if (offset + size > partition->size) return ESP_ERR_INVALID_SIZE;
  std::copy_n(flash + partition->address + offset, size, static_cast<std::uint8_t*>(into));
  return ESP_OK;
}

/// As NOR does, it only clears bits. A power cut leaves half of it.
esp_err_t esp_partition_write(const esp_partition_t* partition, std::size_t offset, const void* bytes,
                              std::size_t size) {
  if (offset + size > partition->size) return ESP_ERR_INVALID_SIZE;
  const bool is_cut = chip::changes_left && *chip::changes_left == 0;
  const bool powered = chip::powered();
  const auto* const from = static_cast<const std::uint8_t*>(bytes);
  std::uint8_t* const to = flash + partition->address + offset;
  for (std::size_t i = 0; i < (powered ? size : is_cut ? size / 2 : 0); ++i) to[i] &= from[i];
  return powered ? ESP_OK : ESP_FAIL;
}

esp_err_t esp_partition_erase_range(const esp_partition_t* partition, std::size_t offset, std::size_t size) {
  constexpr std::size_t sector{4096};
  if (offset % sector != 0 || size % sector != 0 || offset + size > partition->size)
    return ESP_ERR_INVALID_SIZE;
  if (!chip::powered()) return ESP_FAIL;
  std::fill_n(flash + partition->address + offset, size, std::uint8_t{0xFF});
  return ESP_OK;
}

const esp_partition_t* esp_ota_get_running_partition() {
  return &chip::partitions[chip::running];
}

esp_err_t esp_ota_set_boot_partition(const esp_partition_t* partition) {
  const std::size_t wanted = partition->address == chip::app_0 ? 0 : 1;
  if (!chip::has_image(wanted)) return ESP_ERR_OTA_VALIDATE_FAILED;
  chip::Notes notes = chip::load_notes();
  const std::size_t newest = chip::newest_of(notes);
  std::uint32_t sequence = notes[newest].sequence + 1;
  if ((sequence - 1) % 2 != wanted) ++sequence;
  notes[1 - newest] = {sequence, chip::NoteState::fresh};
  return chip::store_notes(notes) ? ESP_OK : ESP_FAIL;
}

esp_err_t esp_ota_mark_app_valid_cancel_rollback() {
  chip::Notes notes = chip::load_notes();
  chip::Note& newest = notes[chip::newest_of(notes)];
  if (newest.sequence == 0 || chip::partition_of(newest) != chip::running) return ESP_FAIL;
  newest.state = chip::NoteState::valid;
  return chip::store_notes(notes) ? ESP_OK : ESP_FAIL;
}

void esp_fill_random(void* into, std::size_t size) {
  constexpr std::size_t most{256};  // getentropy(3)
  for (std::size_t done = 0; done < size; done += most) {
    if (getentropy(static_cast<char*>(into) + done, std::min(most, size - done)) != 0) std::abort();
  }
}

std::int64_t esp_timer_get_time() {
  static const auto start = std::chrono::steady_clock::now();
  const auto since = std::chrono::steady_clock::now() - start;
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

esp_err_t nvs_open(const char* /*name_space*/, nvs_open_mode_t /*mode*/, nvs_handle_t* handle) {
  *handle = 1;
  return ESP_OK;
}
void nvs_close(nvs_handle_t /*handle*/) {}

esp_err_t nvs_get_blob(nvs_handle_t /*handle*/, const char* key, void* into, std::size_t* size) {
  if (!std::filesystem::exists(chip::file_of(key))) return ESP_ERR_NVS_NOT_FOUND;
  const std::string bytes = chip::content_of(chip::file_of(key));
  if (bytes.size() > *size) return ESP_ERR_INVALID_SIZE;
  std::copy(bytes.begin(), bytes.end(), static_cast<char*>(into));
  *size = bytes.size();
  return ESP_OK;
}

esp_err_t nvs_set_blob(nvs_handle_t /*handle*/, const char* key, const void* bytes, std::size_t size) {
  return chip::replace(chip::file_of(key), bytes, size) ? ESP_OK : ESP_FAIL;
}

esp_err_t nvs_erase_key(nvs_handle_t /*handle*/, const char* key) {
  if (!std::filesystem::exists(chip::file_of(key))) return ESP_ERR_NVS_NOT_FOUND;
  if (!chip::powered()) return ESP_FAIL;
  std::filesystem::remove(chip::file_of(key));
  return ESP_OK;
}
esp_err_t nvs_commit(nvs_handle_t /*handle*/) {
  return ESP_OK;
}

esp_err_t mdns_init() {
  return ESP_OK;
}
esp_err_t mdns_hostname_set(const char* name) {
  chip::say(std::string{"mdns: host "} + name);
  return ESP_OK;
}
esp_err_t mdns_instance_name_set(const char* /*name*/) {
  return ESP_OK;
}

esp_err_t mdns_service_add(const char* /*instance*/, const char* type, const char* transport,
                           std::uint16_t port, mdns_txt_item_t txt[], std::size_t count) {
  std::string line = std::string{"mdns: "} + type + "." + transport + " " + std::to_string(port);
  for (std::size_t i = 0; i < count; ++i) line += std::string{" "} + txt[i].key + "=" + txt[i].value;
  chip::say(line);
  return ESP_OK;
}
esp_err_t mdns_service_remove(const char* type, const char* /*transport*/) {
  chip::say(std::string{"mdns: no "} + type);
  return ESP_OK;
}

#undef bind
int lwip_bind(int socket, const sockaddr* address, socklen_t size) {
  sockaddr_in here{};
  std::memcpy(&here, address, std::min<std::size_t>(size, sizeof(here)));
  inet_pton(AF_INET, chip::socket_address.c_str(), &here.sin_addr);
  if (bind(socket, reinterpret_cast<const sockaddr*>(&here), sizeof(here)) != 0) return -1;
  socklen_t bound{sizeof(here)};
  getsockname(socket, reinterpret_cast<sockaddr*>(&here), &bound);
  chip::last_port = ntohs(here.sin_port);
  return 0;
}
