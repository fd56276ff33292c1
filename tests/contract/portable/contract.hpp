#pragma once
// Contract tests that run under GoogleTest on Linux and, as they are, inside a board: no heap, no exceptions,
// no standard streams. A contract is a table of cases; whoever has a port runs it over all of them.

#include <string_view>

#include "airlift/base/span.hpp"

namespace airlift::contract {

/// Hears what goes wrong; GoogleTest on Linux, the console in a board.
class Verdict {
 public:
  virtual ~Verdict() = default;
  void expect(bool held, const char* what, const char* file, int line) {
    if (!held) failed(what, file, line);
  }

 private:
  virtual void failed(const char* what, const char* file, int line) = 0;
};

#define AIRLIFT_EXPECT(verdict, condition) (verdict).expect((condition), #condition, __FILE__, __LINE__)

/// One promise of a port. `Subject` is what a test needs to know of it: the port, and what its peer does.
template <typename Subject>
struct Case {
  const char* name;  ///< an identifier
  void (*run)(Subject& subject, Verdict& verdict);
};

}  // namespace airlift::contract
