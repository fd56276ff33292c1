// What every socket does, against those of the bare-metal device: lwIP compiled for this machine, where the
// sanitizers see it.

#include "contract/lwip/host_board.hpp"
#include "guest_test/lwip_subjects.hpp"
#include "support/portable_contract.hpp"

namespace airlift {
namespace {

template <typename Subject>
struct OnHost : Subject {
  OnHost() : Subject{testing::board_network()} {}
};

const bool added[]{
    testing::add_contract<OnHost<firmware::LwipDatagramSubject>>("LwipDatagramSocket",
                                                                 contract::datagram_socket_cases),
    testing::add_contract<OnHost<firmware::LwipStreamSubject>>("LwipStream", contract::stream_cases),
    testing::add_contract<OnHost<firmware::LwipListenerSubject>>("LwipListener", contract::listener_cases),
    testing::add_contract<OnHost<firmware::LwipStreamPoolSubject>>("LwipStreamPool",
                                                                   contract::stream_pool_cases)};

}  // namespace
}  // namespace airlift
