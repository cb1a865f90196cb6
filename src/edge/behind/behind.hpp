#pragma once

#include "edge/hash/hash_service.hpp"
#include "edge/metrics/metrics.hpp"
#include "edge/net/loop.hpp"
#include "edge/net/url.hpp"
#include "edge/sources/sources.hpp"
#include "flow/pool.hpp"
#include "flow/segment_flow.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millpond {

/// The pool as one large transcoder of orchestrators that others run (livepeer-wire 4, from the
/// other side). Registers with each, with the capacity that the pool has, and again when that
/// changes; their segments go the way of any other. What is not theirs is answered by `others`.
class Behind final : public Gateways {
public:
    struct Settings {
        std::vector<net::Url> orchestrators;
        std::string secret;
        std::uint64_t session_pixels_per_second = 60'000'000;  ///< that one stream takes
        std::function<void(const std::string&)> told;          ///< what happens to registrations
    };

    Behind(
        net::Loop& loop,
        HashService& hashes,
        Sources& sources,
        Metrics& metrics,
        const Pool& pool,
        Gateways& others
    );
    ~Behind() override;

    /// Before the first segment.
    void start(SegmentFlow& flow, Settings settings);
    /// Due now and then: registers where that is due, and anew where the capacity has changed.
    void look();
    /// Registers no more, and ends what is registered; segments in hand are answered.
    void drain();

    /// How many streams the pool can take at the same time.
    [[nodiscard]] std::int64_t capacity() const;

    Task<Result<void, Fault>> deliver(SegmentId segment, Delivery delivery) override;
    Task<Result<void, Fault>> refuse(SegmentId segment, std::string text) override;
    void forget(SegmentId segment) override;

private:
    struct Inside;
    std::shared_ptr<Inside> inside_;  // also held by what is under way
};

}  // namespace millpond
