#pragma once

#include "core/verify/thresholds.hpp"
#include "model/picture.hpp"
#include "model/profile.hpp"

#include <string>

namespace millpond::verify {

/// Whether two transcoders' renditions of one segment show the same.
struct Agreement {
    bool agrees = true;
    std::string why;  ///< what decided, in a line for people
};

/// `report` is of one's renditions, each measured against the other's. Neither is known to be
/// right: who differs is found out by an examination of both.
[[nodiscard]] Agreement agreement(
    const Ladder& ladder, const PictureReport& report, const Thresholds& thresholds
);

}  // namespace millpond::verify
