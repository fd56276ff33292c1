// The minimal sketch on the real ESP8266 core, emulated as the core's own tests/host does it: its WiFi
// classes, mDNS and String are the core's. Only the flash is ours, since the core's emulation keeps none.
// scripts/arduino-host builds it.
//   usage: PROGRAM PORT FLASH_FILE     writes what runs after the update into FLASH_FILE and ends

#include <Airlift.h>
#include <eboot_command.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

// What the core's own main() has.
bool user_exit{false};
bool run_once{false};
const char* host_interface{nullptr};
size_t spiffs_kb{0};
size_t littlefs_kb{0};
bool ignore_sigint{false};
bool restore_tty{false};
bool mockdebug{false};
int mock_port_shifter{0};
const char* fspath{nullptr};

int mockverbose(const char*, ...) {
  return 0;
}

namespace {

constexpr std::size_t sector_bytes{4096};
std::vector<std::uint8_t> flash(2 * 1024 * 1024, 0xFF);
eboot_command due{};
const char* result_file{nullptr};

}  // namespace

bool EspClass::flashEraseSector(uint32_t sector) {
  std::memset(flash.data() + sector * sector_bytes, 0xFF, sector_bytes);
  return true;
}

bool EspClass::flashWrite(uint32_t address, const uint8_t* data, size_t size) {
  for (size_t i = 0; i < size; ++i) flash[address + i] &= data[i];
  return true;
}

bool EspClass::flashRead(uint32_t address, uint8_t* data, size_t size) {
  std::memcpy(data, flash.data() + address, size);
  return true;
}

uint8_t* EspClass::random(uint8_t* into, size_t size) {
  std::ifstream{"/dev/urandom", std::ios::binary}.read(reinterpret_cast<char*>(into),
                                                       static_cast<long>(size));
  return into;
}

extern "C" void eboot_command_write(eboot_command* command) {
  due = *command;
}

void EspClass::restart() {
  std::ofstream{result_file, std::ios::binary}.write(
      reinterpret_cast<const char*>(flash.data() + due.args[0]), due.args[2]);
  std::puts("restart");
  std::_Exit(0);
}

// The core's emulation leaves it out.
WiFiServer::operator bool() {
  return _listen_pcb != nullptr;
}

void check_incoming_udp();

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  result_file = argv[2];
  Airlift.setPort(static_cast<uint16_t>(std::atoi(argv[1])));
  // The extension ties a connection to who asked for it, and the core's emulation does not tell a peer's
  // address.
  Airlift.set("extension", "off");
  Airlift.onStart([] { std::puts("start"); });
  Airlift.onEnd([] { std::puts("end"); });
  Airlift.onError([](ota_error_t error) { std::printf("error %d\n", error); });
  Airlift.begin();
  std::puts("ready");
  std::fflush(stdout);
  for (;;) {
    check_incoming_udp();
    Airlift.handle();
    delay(1);
    std::fflush(stdout);
  }
}
