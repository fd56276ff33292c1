#pragma once
// An advertiser on a network that is a set of names.

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "airlift/port/advertiser.hpp"

namespace airlift::testing {

/// The names in use, shared by the advertisers of one network.
using FakeNames = std::set<std::string>;

class FakeAdvertiser final : public port::Advertiser {
 public:
  FakeAdvertiser() = default;
  explicit FakeAdvertiser(FakeNames& names) : names_{&names} {}
  FakeAdvertiser(const FakeAdvertiser&) = delete;
  FakeAdvertiser& operator=(const FakeAdvertiser&) = delete;
  ~FakeAdvertiser() override { withdraw(); }

  [[nodiscard]] Status advertise(std::string_view name, const port::Service& service) override {
    withdraw();
    if (advertise_fails) return UpdateError::network_failed;
    name_ = name;
    type = service.type;
    port = service.port;
    txt.clear();
    for (const port::TxtEntry& entry : service.txt) txt.emplace(entry.key, entry.value);
    state_ = State::probing;
    return {};
  }

  void withdraw() override {
    if (state_ == State::silent) return;
    if (state_ == State::established) names_->erase(name_);
    state_ = State::silent;
    ++withdrawals;
  }

  [[nodiscard]] State state() override { return state_; }
  [[nodiscard]] std::string_view name() override {
    return state_ == State::silent ? std::string_view{} : name_;
  }

  // What the network does:
  /// Ends probing: takes the name, or the first free one of name-2, name-3 ...
  void establish() {
    const std::string wanted = name_;
    for (int i = 2; !names_->insert(name_).second; ++i) name_ = wanted + "-" + std::to_string(i);
    state_ = State::established;
  }
  void fail() { state_ = State::failed; }

  bool advertise_fails{false};
  int withdrawals{0};
  // What was advertised last:
  std::string type;
  std::uint16_t port{0};
  std::map<std::string, std::string> txt;

 private:
  FakeNames own_names_;
  FakeNames* names_{&own_names_};
  std::string name_;
  State state_{State::silent};
};

}  // namespace airlift::testing
