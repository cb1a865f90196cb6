#pragma once

#include "crypto/signature.hpp"
#include "edge/hash/hash_service.hpp"
#include "edge/metrics/metrics.hpp"
#include "edge/net/http.hpp"
#include "edge/net/loop.hpp"
#include "edge/objects/object_stores.hpp"
#include "edge/payments/ticket_desk.hpp"
#include "edge/sources/sources.hpp"
#include "flow/pool.hpp"
#include "flow/segment_flow.hpp"

#include <memory>
#include <string>
#include <vector>

namespace millpond {

/// The side of the port that gateways talk to: an orchestrator, off-chain or paid with tickets
/// (livepeer-wire 3). Segments are passed on as they arrive; the answer's head goes out as soon as
/// the request's head is found good, so that a gateway's header timeout cannot strike.
class GatewayEdge final : public Gateways {
public:
    struct Settings {
        std::string service_uri;  ///< without a trailing slash
        Hash32 token_secret{};    ///< kept over restarts, so that gateways' sessions live on
        std::int64_t token_seconds = 1'800;
        std::vector<std::string> nodes;  ///< other pools under the same orchestrator: URIs
    };

    /// What gateways are asked to pay with, and who signs what they get for it.
    struct Paid {
        TicketDesk* desk = nullptr;  ///< none off-chain
        const crypto::PrivateKey* signer = nullptr;
    };

    GatewayEdge(
        net::Loop& loop,
        HashService& hashes,
        Sources& sources,
        Metrics& metrics,
        const Pool& pool,
        Settings settings
    );
    ~GatewayEdge() override;

    /// Before the first request.
    void start(SegmentFlow& flow);
    /// Every gateway must pay from now on.
    void set_paid(Paid paid);
    /// Segments and renditions may go by way of them from now on.
    void set_stores(ObjectStores& stores);
    /// Known once the port is open.
    void set_service(std::string uri);

    [[nodiscard]] static bool handles(const std::string& path);
    Task<void> serve(net::Exchange& exchange);

    Task<Result<void, Fault>> deliver(SegmentId segment, Delivery delivery) override;
    Task<Result<void, Fault>> refuse(SegmentId segment, std::string text) override;
    void forget(SegmentId segment) override;

    /// The session's renditions are no longer served.
    void end_session(const SessionId& session);
    /// New sessions are refused from now on.
    void drain();

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace millpond
