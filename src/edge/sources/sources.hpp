#pragma once

#include "edge/net/body.hpp"
#include "model/facts.hpp"
#include "model/segment.hpp"

#include <map>
#include <memory>

namespace millpond {

/// A segment's source while somebody works with it.
struct Source {
    std::shared_ptr<net::Body> body;
    std::shared_ptr<const MediaFacts> facts;  ///< once somebody measured it
};

/// The sources in hand, by segment. Owners: this store until the segment is forgotten, and
/// whoever reads one at the moment.
class Sources {
public:
    /// `benchmark` stands in for the segments of the pool's own measuring sessions that have no
    /// source of their own.
    explicit Sources(Blob benchmark)
        : benchmark_(std::make_shared<Source>(
              Source{.body = std::make_shared<net::Body>(std::move(benchmark))}
          ))
    {
    }

    void put(const SegmentId& segment, std::shared_ptr<net::Body> body)
    {
        all_.insert_or_assign(segment, std::make_shared<Source>(Source{.body = std::move(body)}));
    }

    /// Null for one that is not in hand.
    [[nodiscard]] std::shared_ptr<Source> find(const SegmentId& segment) const
    {
        if (const auto found = all_.find(segment); found != all_.end()) return found->second;
        const bool measuring = segment.session.value().starts_with(benchmark_session_prefix);
        return measuring ? benchmark_ : nullptr;
    }

    void forget(const SegmentId& segment) { all_.erase(segment); }

    [[nodiscard]] std::size_t size() const { return all_.size(); }

private:
    std::shared_ptr<Source> benchmark_;
    std::map<SegmentId, std::shared_ptr<Source>> all_;
};

}  // namespace millpond
