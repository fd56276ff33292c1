#pragma once
// An advertiser on a network that is a set of names.

#include <map>
#include <memory>
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
  explicit FakeAdvertiser(FakeNames& names) { host_->names = &names; }
  struct Beside {
    const FakeAdvertiser& other;
  };
  /// Shares its name with another service of the same device.
  explicit FakeAdvertiser(Beside beside) : host_{beside.other.host_} {}
  FakeAdvertiser(const FakeAdvertiser&) = delete;
  FakeAdvertiser& operator=(const FakeAdvertiser&) = delete;
  ~FakeAdvertiser() override { withdraw(); }

  [[nodiscard]] Status advertise(std::string_view name, const port::Service& service) override {
    withdraw();
    if (advertise_fails) return UpdateError::network_failed;
    if (host_->services++ == 0) host_->name = name;
    type = service.type;
    port = service.port;
    txt.clear();
    for (const port::TxtEntry& entry : service.txt) txt.emplace(entry.key, entry.value);
    advertising_ = true;
    host_->state = State::probing;
    return {};
  }

  void withdraw() override {
    if (!advertising_) return;
    advertising_ = false;
    ++withdrawals;
    if (--host_->services > 0) {
      host_->state = State::probing;
      return;
    }
    if (host_->owned) host_->names->erase(host_->name);
    host_->owned = false;
  }

  [[nodiscard]] State state() override { return advertising_ ? host_->state : State::silent; }
  [[nodiscard]] std::string_view name() override {
    return advertising_ ? std::string_view{host_->name} : std::string_view{};
  }

  // What the network does:
  /// Ends probing: takes the name, or the first free one of name-2, name-3 ...
  void establish() {
    const std::string wanted = host_->name;
    for (int i = 2; !host_->owned && !host_->names->insert(host_->name).second; ++i) {
      host_->name = wanted + "-" + std::to_string(i);
    }
    host_->owned = true;
    host_->state = State::established;
  }
  void fail() { host_->state = State::failed; }

  bool advertise_fails{false};
  int withdrawals{0};
  // What was advertised last:
  std::string type;
  std::uint16_t port{0};
  std::map<std::string, std::string> txt;

 private:
  /// What the services of one device share.
  struct Host {
    FakeNames own_names;
    FakeNames* names{&own_names};
    std::string name;
    bool owned{false};
    int services{0};
    State state{State::probing};
  };

  std::shared_ptr<Host> host_{std::make_shared<Host>()};
  bool advertising_{false};
};

}  // namespace airlift::testing
