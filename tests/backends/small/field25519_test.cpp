// Numbers as they come hardly ever carry far: these do, and OpenSSL says what is right.

#include "small/field25519.hpp"

#include <gtest/gtest.h>
#include <openssl/bn.h>

#include <memory>
#include <random>
#include <vector>

namespace airlift::crypto::backend {
namespace {

class Big {
 public:
  Big() : number_{BN_new()} {}
  explicit Big(const Number& number) : Big{} {
    BN_lebin2bn(reinterpret_cast<const unsigned char*>(number.data()), sizeof(number), get());
  }
  [[nodiscard]] BIGNUM* get() const { return number_.get(); }
  [[nodiscard]] Number number() const {
    Number number{};
    EXPECT_EQ(BN_bn2lebinpad(get(), reinterpret_cast<unsigned char*>(number.data()), sizeof(number)),
              static_cast<int>(sizeof(number)));
    return number;
  }

 private:
  struct Free {
    void operator()(BIGNUM* number) const { BN_free(number); }
  };
  std::unique_ptr<BIGNUM, Free> number_;
};

struct ModuloP {
  std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context{BN_CTX_new(), BN_CTX_free};
  Big modulus{p};

  template <typename Operation>
  Number operator()(Operation operation, const Number& a, const Number& b) const {
    const Big result;
    EXPECT_EQ(operation(result.get(), Big{a}.get(), Big{b}.get(), modulus.get(), context.get()), 1);
    return result.number();
  }
};

Number filled(std::uint32_t word) {
  Number number{};
  number.fill(word);
  return number;
}

/// Words that are all ones or nothing, the numbers around 0, p and 2^256, and some as they come.
std::vector<Number> numbers() {
  std::vector<Number> all;
  for (unsigned mask = 0; mask < 256; mask += 5) {
    Number number{};
    for (std::size_t i = 0; i < number.size(); ++i) number[i] = (mask >> i & 1U) != 0 ? 0xFFFFFFFF : 0;
    all.push_back(number);
  }
  for (const std::uint32_t lowest : {0U, 1U, 37U, 38U, 39U, 0xFFFFFFD9U, 0xFFFFFFDAU, 0xFFFFFFDBU,
                                     0xFFFFFFECU, 0xFFFFFFEDU, 0xFFFFFFEEU, 0xFFFFFFFFU}) {
    for (Number number : {zero, p, filled(0xFFFFFFFF)}) {
      number[0] = lowest;
      all.push_back(number);
    }
  }
  std::mt19937 random{1};
  for (int i = 0; i < 20; ++i) {
    Number number{};
    for (std::uint32_t& word : number) word = static_cast<std::uint32_t>(random());
    all.push_back(number);
  }
  return all;
}

TEST(Field25519, ComputesAsOpenSslDoes) {
  const ModuloP modulo_p;
  const std::vector<Number> all = numbers();
  for (const Number& a : all) {
    for (const Number& b : all) {
      ASSERT_EQ(reduced(add(a, b)), modulo_p(BN_mod_add, a, b));
      ASSERT_EQ(reduced(sub(a, b)), modulo_p(BN_mod_sub, a, b));
      ASSERT_EQ(reduced(mul(a, b)), modulo_p(BN_mod_mul, a, b));
    }
  }
}

TEST(Field25519, RaisesToThePowersOfEd25519) {
  const ModuloP modulo_p;
  Number p_minus_2{p};
  p_minus_2[0] = 0xFFFFFFEB;
  Number p_minus_5_by_8 = filled(0xFFFFFFFF);
  p_minus_5_by_8[0] = 0xFFFFFFFD;
  p_minus_5_by_8[7] = 0x0FFFFFFF;
  Number p_minus_1_by_4 = filled(0xFFFFFFFF);
  p_minus_1_by_4[0] = 0xFFFFFFFB;
  p_minus_1_by_4[7] = 0x1FFFFFFF;
  for (const Number& base : numbers()) {
    ASSERT_EQ(reduced(power(base, 255, 0xEB)), modulo_p(BN_mod_exp_simple, base, p_minus_2));
    ASSERT_EQ(reduced(power(base, 252, 0xFD)), modulo_p(BN_mod_exp_simple, base, p_minus_5_by_8));
    ASSERT_EQ(reduced(power(base, 253, 0xFB)), modulo_p(BN_mod_exp_simple, base, p_minus_1_by_4));
  }
}

TEST(Field25519, TakesAModulusOffOnlyWhenItIsThere) {
  for (const Number& number : numbers()) {
    for (const Number& modulus : numbers()) {
      Number rest = number;
      const bool below = BN_cmp(Big{number}.get(), Big{modulus}.get()) < 0;
      ASSERT_EQ(take_off(rest, modulus), !below);
      const Big difference;
      BN_sub(difference.get(), Big{number}.get(), Big{modulus}.get());
      ASSERT_EQ(rest, below ? number : difference.number());
    }
  }
}

}  // namespace
}  // namespace airlift::crypto::backend
