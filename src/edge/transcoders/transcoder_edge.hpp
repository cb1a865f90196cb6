#pragma once

#include "core/fleet/fleet.hpp"
#include "edge/hash/hash_service.hpp"
#include "edge/metrics/metrics.hpp"
#include "edge/net/http.hpp"
#include "edge/net/loop.hpp"
#include "edge/sources/sources.hpp"
#include "flow/ports.hpp"
#include "flow/receipts.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace millpond {

/// The side of the port that transcoders talk to: they register, fetch sources and post results
/// (livepeer-wire 4). Ours sign their join and every claim; stock ones are bound to a task by its
/// unguessable id alone.
class TranscoderEdge final : public Transcoders {
public:
    struct Settings {
        std::string service_uri;  ///< where transcoders fetch sources: https://host:port
        std::string certificate;  ///< SHA-256 of our certificate, hex; empty without TLS
        std::string secret;       ///< stock transcoders must know it; empty lets anyone in
        Hash32 token_secret{};    ///< makes the tokens that stock transcoders have for a secret
        bool stock = true;        ///< lets transcoders in that do not sign
        std::size_t transcoders_max = 12'000;
        Duration join_age_max = std::chrono::minutes{5};
        TranscoderId last;  ///< ids go on after it
    };

    struct Hooks {
        std::function<void(fleet::Transcoder)> joined;
        std::function<void(TranscoderId, std::string reason)> left;
        std::function<void(TranscoderId)> draining;
        std::function<bool(TranscoderId)> promised;  ///< a task is on its way to it
        /// Enters a correction that a transcoder has signed; durable, or why not.
        std::function<Task<Result<void, std::string>>(Bytes agreement)> agreed;
    };

    TranscoderEdge(
        net::Loop& loop, HashService& hashes, Sources& sources, Metrics& metrics, Settings settings
    );
    ~TranscoderEdge() override;

    void set_hooks(Hooks hooks);
    /// What the pool signs for its own transcoders; before anybody joins.
    void set_receipts(Receipts* receipts);
    /// Known once the port is open.
    void set_service(std::string uri, std::string certificate);

    /// Whether a request to this path is for here.
    [[nodiscard]] static bool handles(const std::string& path);
    Task<void> serve(net::Exchange& exchange);

    Task<Result<Claim, TranscodeFault>> transcode(
        TaskId task, TranscoderId who, Segment segment, Time deadline
    ) override;
    void end_session(TranscoderId who, SessionId session) override;

    /// Ends every registration with the status OK, so that transcoders look for the pool again.
    void drain();
    [[nodiscard]] std::size_t joined() const;

private:
    struct Inside;
    std::shared_ptr<Inside> inside_;
};

}  // namespace millpond
