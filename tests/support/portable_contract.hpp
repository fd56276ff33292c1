#pragma once
// Runs the cases of tests/contract/portable as GoogleTests.

#include <gtest/gtest.h>

#include "contract/portable/contract.hpp"

namespace airlift::testing {

class GoogleVerdict final : public contract::Verdict {
  void failed(const char* what, const char* file, int line) override { ADD_FAILURE_AT(file, line) << what; }
};

/// Makes a test of each case, in a suite of its own. `Port` is a Subject; each test makes itself a new one.
/// For the initializer of a variable in a test file.
template <typename Port, typename Subject, std::size_t Count>
bool add_contract(const char* suite, const contract::Case<Subject> (&cases)[Count]) {
  class ContractTest : public ::testing::Test {
   public:
    explicit ContractTest(const contract::Case<Subject>& one) : case_{one} {}
    void TestBody() override {
      Port port;
      GoogleVerdict verdict;
      case_.run(port, verdict);
    }

   private:
    const contract::Case<Subject>& case_;
  };
  for (const contract::Case<Subject>& each : cases) {
    ::testing::RegisterTest(suite, each.name, nullptr, nullptr, __FILE__, __LINE__,
                            [&each]() -> ::testing::Test* { return new ContractTest{each}; });
  }
  return true;
}

}  // namespace airlift::testing
