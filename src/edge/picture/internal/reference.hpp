#pragma once

#include "edge/picture/scaler.hpp"
#include "model/profile.hpp"

#include <array>
#include <map>
#include <memory>
#include <utility>

namespace millpond::picture {

/// A source frame as renditions of one size should show it.
struct Reference {
    Plane luma;
    Plane soft;  ///< empty where every scaler leaves the source as it is
    Plane u;
    Plane v;

    [[nodiscard]] const Plane& softer() const { return soft.width() == 0 ? luma : soft; }
};

/// Makes references, each once for all renditions of its size.
class References {
public:
    /// `index` is the source frame's.
    const Reference& of(int index, const std::array<PlaneView, 3>& source, FrameSize size);
    /// Frames before this one are not asked for any more.
    void forget_before(int index);

private:
    struct Scalers {
        Scaler luma;
        Scaler soft;
        Scaler chroma;
    };

    const Scalers& scalers(const std::array<PlaneView, 3>& source, FrameSize size);

    std::map<std::pair<int, int>, std::unique_ptr<Scalers>> scalers_;
    std::map<int, std::map<std::pair<int, int>, Reference>> made_;
};

/// Full range brought to the limited range renditions are in.
[[nodiscard]] Plane limited_range(const PlaneView& plane, bool luma);

}  // namespace millpond::picture
