// airlift: updates devices over the network. Under the name `espota` it is espota.
#include <cstdio>
#include <exception>

#include "airlift_command.hpp"
#include "airlift_posix/descriptor_limit.hpp"

int main(int argc, char** argv) try {
  airlift::posix::raise_descriptor_limit();  // many uploads at once have many sockets
  return airlift::cli::run(argc, argv);
} catch (const std::exception& error) {
  std::fprintf(stderr, "error: %s\n", error.what());
  return 8;
}
