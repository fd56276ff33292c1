#pragma once
// A look-alike of lwIP's header: the system's sockets. As there, the usual names lead to lwip_...(); a device
// is bound to the address chip.hpp was given, so that many can use ArduinoOTA's port.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>

int lwip_bind(int socket, const sockaddr* address, socklen_t size);

#define bind lwip_bind
