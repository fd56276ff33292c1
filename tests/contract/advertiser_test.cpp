// What every Advertiser does, against MdnsAdvertiser on the loopback interface and its fake.

#include <gmock/gmock.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "airlift_posix/mdns_advertiser.hpp"
#include "support/eventually.hpp"
#include "support/fake_advertiser.hpp"
#include "support/mdns_services.hpp"

namespace airlift {
namespace {

using posix::EventLoop;
using posix::MdnsAdvertiser;
using testing::eventually;
using testing::FakeAdvertiser;
using testing::FakeNames;
using testing::own_name;
using testing::service;
using State = port::Advertiser::State;
using ::testing::ElementsAre;
using ::testing::Pair;

struct MdnsNetwork {
  /// As many services of one device.
  std::vector<std::unique_ptr<port::Advertiser>> make_beside(std::size_t count) {
    names.push_back(std::make_unique<posix::MdnsName>(loop, testing::mdns_address()));
    std::vector<std::unique_ptr<port::Advertiser>> services;
    for (std::size_t i = 0; i < count; ++i)
      services.push_back(std::make_unique<MdnsAdvertiser>(*names.back()));
    return services;
  }
  std::unique_ptr<port::Advertiser> make() {
    return std::make_unique<MdnsAdvertiser>(loop, testing::mdns_address());
  }
  bool settle(port::Advertiser& advertiser) {
    return eventually(loop, [&] { return advertiser.state() == State::established; });
  }
  template <typename Condition>
  bool comes_about(Condition condition) {
    return eventually(loop, condition);
  }

  EventLoop loop;
  std::vector<std::unique_ptr<posix::MdnsName>> names;
};

struct FakeNetwork {
  std::vector<std::unique_ptr<port::Advertiser>> make_beside(std::size_t count) {
    auto first = std::make_unique<FakeAdvertiser>(names);
    std::vector<std::unique_ptr<port::Advertiser>> services;
    for (std::size_t i = 1; i < count; ++i) {
      services.push_back(std::make_unique<FakeAdvertiser>(FakeAdvertiser::Beside{*first}));
    }
    services.push_back(std::move(first));
    return services;
  }
  std::unique_ptr<port::Advertiser> make() { return std::make_unique<FakeAdvertiser>(names); }
  static bool settle(port::Advertiser& advertiser) {
    dynamic_cast<FakeAdvertiser&>(advertiser).establish();
    return true;
  }
  template <typename Condition>
  static bool comes_about(Condition condition) {
    return condition();
  }

  FakeNames names;
};

template <typename Network>
class AdvertiserContract : public ::testing::Test {
 protected:
  Network network_;
};

using Networks = ::testing::Types<MdnsNetwork, FakeNetwork>;
TYPED_TEST_SUITE(AdvertiserContract, Networks);

TYPED_TEST(AdvertiserContract, IsSilentFirstAndEstablishedInTheEnd) {
  const auto advertiser = this->network_.make();
  EXPECT_EQ(advertiser->state(), State::silent);
  EXPECT_EQ(advertiser->name(), "");
  advertiser->withdraw();
  const std::string name = own_name("one");
  ASSERT_TRUE(advertiser->advertise(name, service(1000)).ok());
  EXPECT_EQ(advertiser->state(), State::probing);
  ASSERT_TRUE(this->network_.settle(*advertiser));
  EXPECT_EQ(advertiser->name(), name);
  advertiser->withdraw();
  EXPECT_EQ(advertiser->state(), State::silent);
  EXPECT_EQ(advertiser->name(), "");
}

// Who comes second gets the next name. When the machine stands still for a moment, both may have announced
// themselves before they hear of each other; RFC 6762 9 then decides who keeps it.
TYPED_TEST(AdvertiserContract, TakesAnotherNameWhenTheFirstIsInUse) {
  const auto first = this->network_.make();
  const auto second = this->network_.make();
  const auto third = this->network_.make();
  const std::string name = own_name("same");
  ASSERT_TRUE(first->advertise(name, service(1000)).ok());
  ASSERT_TRUE(this->network_.settle(*first));
  ASSERT_TRUE(second->advertise(name, service(1001)).ok());
  ASSERT_TRUE(this->network_.settle(*second));
  ASSERT_TRUE(third->advertise(name, service(1002)).ok());
  ASSERT_TRUE(this->network_.settle(*third));
  const std::set<std::string> expected{name, name + "-2", name + "-3"};
  EXPECT_TRUE(this->network_.comes_about([&] {
    return std::set<std::string>{std::string{first->name()}, std::string{second->name()},
                                 std::string{third->name()}} == expected;
  })) << first->name()
      << " " << second->name() << " " << third->name();
}

TYPED_TEST(AdvertiserContract, FreesTheNameWhenItWithdrawsOrGoes) {
  const std::string name = own_name("free");
  const auto first = this->network_.make();
  {
    const auto gone = this->network_.make();
    ASSERT_TRUE(gone->advertise(name, service(1000)).ok());
    ASSERT_TRUE(this->network_.settle(*gone));
  }
  ASSERT_TRUE(first->advertise(name, service(1001)).ok());
  ASSERT_TRUE(this->network_.settle(*first));
  EXPECT_EQ(first->name(), name);
  first->withdraw();

  const auto second = this->network_.make();
  ASSERT_TRUE(second->advertise(name, service(1002)).ok());
  ASSERT_TRUE(this->network_.settle(*second));
  EXPECT_EQ(second->name(), name);
}

TYPED_TEST(AdvertiserContract, ReplacesWhatItAdvertised) {
  const auto advertiser = this->network_.make();
  ASSERT_TRUE(advertiser->advertise(own_name("old"), service(1000)).ok());
  ASSERT_TRUE(this->network_.settle(*advertiser));
  ASSERT_TRUE(advertiser->advertise(own_name("new"), service(1000)).ok());
  ASSERT_TRUE(this->network_.settle(*advertiser));
  EXPECT_EQ(advertiser->name(), own_name("new"));
}

TYPED_TEST(AdvertiserContract, ServicesOfOneDeviceShareANameAndAreRenamedTogether) {
  const std::string name = own_name("shared");
  const auto owner = this->network_.make();
  ASSERT_TRUE(owner->advertise(name, service(1000)).ok());
  ASSERT_TRUE(this->network_.settle(*owner));
  const auto services = this->network_.make_beside(3);
  ASSERT_TRUE(services[0]->advertise(name, {"_ta._tcp", 2000, {}}).ok());
  ASSERT_TRUE(services[1]->advertise(name, service(2001)).ok());  // the one that collides
  ASSERT_TRUE(services[2]->advertise(name, {"_tc._tcp", 2002, {}}).ok());
  ASSERT_TRUE(this->network_.settle(*services[0]));
  const std::set<std::string> expected{name, name + "-2"};
  EXPECT_TRUE(this->network_.comes_about([&] {
    const bool all_alike = std::all_of(services.begin(), services.end(), [&](const auto& each) {
      return each->state() == State::established && each->name() == services[0]->name();
    });
    return all_alike &&
           std::set<std::string>{std::string{owner->name()}, std::string{services[0]->name()}} == expected;
  })) << owner->name()
      << " " << services[0]->name();
}

TYPED_TEST(AdvertiserContract, OtherServicesOfADeviceStayWhenOneGoes) {
  const std::string name = own_name("stay");
  const auto services = this->network_.make_beside(2);
  ASSERT_TRUE(services[0]->advertise(name, {"_ta._tcp", 1, {}}).ok());
  ASSERT_TRUE(services[1]->advertise(name, {"_tb._tcp", 2, {}}).ok());
  ASSERT_TRUE(this->network_.settle(*services[0]));
  services[0]->withdraw();
  EXPECT_EQ(services[0]->state(), State::silent);
  ASSERT_TRUE(this->network_.settle(*services[1]));
  EXPECT_EQ(services[1]->name(), name);
  services[1]->withdraw();
  const auto other = this->network_.make();
  ASSERT_TRUE(other->advertise(name, service(3)).ok());
  ASSERT_TRUE(this->network_.settle(*other));
  EXPECT_EQ(other->name(), name);
}

TEST(FakeAdvertiser, RecordsWhatWasAdvertised) {
  FakeAdvertiser advertiser;
  const port::TxtEntry txt[]{{"board", "x"}, {"auth_upload", "yes"}};
  ASSERT_TRUE(advertiser.advertise("a", service(8266, txt)).ok());
  EXPECT_EQ(advertiser.type, testing::service_type);
  EXPECT_EQ(advertiser.port, 8266);
  EXPECT_THAT(advertiser.txt, ElementsAre(Pair("auth_upload", "yes"), Pair("board", "x")));
  advertiser.fail();
  EXPECT_EQ(advertiser.state(), State::failed);
  advertiser.advertise_fails = true;
  EXPECT_EQ(advertiser.advertise("a", service(1)).error(), UpdateError::network_failed);
  EXPECT_EQ(advertiser.state(), State::silent);
}

}  // namespace
}  // namespace airlift
