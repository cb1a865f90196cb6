#pragma once

#include "edge/api/operator_desk.hpp"
#include "edge/api/public_api.hpp"
#include "edge/metrics/metrics.hpp"
#include "edge/net/http.hpp"
#include "edge/net/loop.hpp"
#include "flow/pool.hpp"

#include <functional>

namespace millpond {

/// What the operator sees, on a port of its own (schema/http/operator.json).
class OperatorApi {
public:
    struct View {
        const Pool& pool;
        Metrics& metrics;
        std::string version;
        std::string service_uri;
        std::string operator_address;  ///< who signs for the pool
        Time started;
        std::function<bool()> draining;
        std::function<void()> refresh;          ///< brings gauges up to date before they are read
        std::function<std::string()> payments;  ///< JSON, where gateways pay
        // Where a book is kept, all three:
        const Bookkeeper* keeper = nullptr;
        PublicApi* epochs = nullptr;
        OperatorDesk* desk = nullptr;
    };

    OperatorApi(net::Loop& loop, View view) : loop_(loop), view_(std::move(view)) {}

    Task<void> serve(net::Exchange& exchange);

private:
    Task<void> serve_book(net::Exchange& exchange);
    [[nodiscard]] std::string status() const;
    [[nodiscard]] std::string transcoders() const;
    [[nodiscard]] std::string streams() const;
    [[nodiscard]] double seconds_since(Time then) const;

    net::Loop& loop_;
    View view_;
};

}  // namespace millpond
