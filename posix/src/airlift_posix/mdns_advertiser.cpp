#include "airlift_posix/mdns_advertiser.hpp"

namespace airlift::posix {

MdnsAdvertiser::MdnsAdvertiser(EventLoop& loop, port::IpAddress bind_address)
    : own_name_{std::make_unique<MdnsName>(loop, bind_address)}, name_{*own_name_} {}

MdnsAdvertiser::~MdnsAdvertiser() {
  withdraw();
}

Status MdnsAdvertiser::advertise(std::string_view name, const port::Service& service) {
  withdraw();
  const Status added = name_.add(this, name, service);
  advertising_ = added.ok();
  return added;
}

void MdnsAdvertiser::withdraw() {
  if (advertising_) name_.remove(this);
  advertising_ = false;
}

port::Advertiser::State MdnsAdvertiser::state() {
  return advertising_ ? name_.state() : State::silent;
}

std::string_view MdnsAdvertiser::name() {
  return advertising_ ? name_.text() : std::string_view{};
}

}  // namespace airlift::posix
