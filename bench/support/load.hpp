#pragma once

#include "bench/support/peers.hpp"
#include "edge/net/loop.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace millpond::bench {

/// So many gateways, each with a connection of its own and one segment in flight.
class GatewayLoad {
public:
    /// `tickets` come with every segment.
    GatewayLoad(std::uint16_t port, int gateways, std::uint32_t tickets = 0);
    ~GatewayLoad();

    /// Pushes `segments` in all and returns when the last is done.
    void push(int segments);

private:
    net::Loop loop_;
    std::vector<std::unique_ptr<FakeGateway>> gateways_;
};

}  // namespace millpond::bench
