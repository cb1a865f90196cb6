#pragma once

#include "model/facts.hpp"

#include <cstddef>
#include <deque>
#include <map>

namespace millpond::verify {

/// Remembers the coded pictures of the last renditions, to notice those that were made of another
/// source. Still pictures repeat honestly: a repetition is a reason to look, not a verdict.
class Replays {
public:
    explicit Replays(std::size_t remembered = 50'000) : remembered_(remembered) {}

    /// Whether a rendition's pictures came back for another source before; remembers them all.
    [[nodiscard]] bool seen_before(const Measurement& measurement);

private:
    std::size_t remembered_;
    std::map<Hash32, Hash32> sources_;  ///< by the rendition's pictures
    std::deque<Hash32> order_;          ///< oldest first
};

}  // namespace millpond::verify
