#include "bench/support/load.hpp"

namespace millpond::bench {

GatewayLoad::GatewayLoad(std::uint16_t port, int gateways, std::uint32_t tickets)
{
    for (int i = 0; i < gateways; ++i) {
        gateways_.push_back(std::make_unique<FakeGateway>(loop_, port));
        if (tickets > 0) gateways_.back()->pay(tickets);
        run_to_end(loop_, gateways_.back()->open());
    }
}

GatewayLoad::~GatewayLoad() = default;

void GatewayLoad::push(int segments)
{
    int left = segments;
    int done = 0;
    const auto keep_pushing = [&](FakeGateway& gateway) -> Task<void> {
        while (left-- > 0) {
            co_await gateway.push();
            if (++done == segments) loop_.stop();
        }
    };
    for (const auto& each : gateways_)
        spawn(keep_pushing(*each));
    loop_.run();
}

}  // namespace millpond::bench
