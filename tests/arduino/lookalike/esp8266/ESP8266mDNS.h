#pragma once
// Remembers what is advertised; lookalike::advertised() shows it.

#include <cstdint>
#include <string>

class MDNSResponder {
 public:
  using hMDNSService = const void*;
  using hMDNSTxt = void*;

  bool begin(const char* host);
  bool isRunning() const { return running_; }
  bool setHostname(const char* host);
  hMDNSService addService(const char* name, const char* type, const char* protocol, std::uint16_t port);
  bool removeService(hMDNSService service);
  hMDNSTxt addServiceTxt(hMDNSService service, const char* key, const char* value);
  bool update();

 private:
  bool running_{false};
};
extern MDNSResponder MDNS;
