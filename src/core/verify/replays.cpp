#include "core/verify/replays.hpp"

namespace millpond::verify {

bool Replays::seen_before(const Measurement& measurement)
{
    bool seen = false;
    const Hash32& source = measurement.source.slices;
    for (const MediaFacts& rendition : measurement.renditions) {
        if (rendition.slices == Hash32{}) continue;
        const auto [known, added] = sources_.emplace(rendition.slices, source);
        if (added) order_.push_back(rendition.slices);
        seen = seen || known->second != source;
    }
    while (order_.size() > remembered_) {
        sources_.erase(order_.front());
        order_.pop_front();
    }
    return seen;
}

}  // namespace millpond::verify
