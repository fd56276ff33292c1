// airlift: updates devices over the network. Under the name `espota` it is espota.
#include <cstdio>
#include <exception>

#include "airlift_command.hpp"

int main(int argc, char** argv) try {
  return airlift::cli::run(argc, argv);
} catch (const std::exception& error) {
  std::fprintf(stderr, "error: %s\n", error.what());
  return 8;
}
