#pragma once

#include "edge/picture/thumbnail.hpp"
#include "model/picture.hpp"

#include <cstdint>
#include <vector>

namespace millpond::picture {

/// The square of the quantiser's step as of a QP, in sixteenths: 2^((QP - 4) / 3).
[[nodiscard]] std::uint32_t step2_of(unsigned qp);

/// Its mean over a picture's macroblocks.
[[nodiscard]] std::uint32_t mean_step2(const std::vector<std::uint8_t>& qp);

/// Mean square error of two small pictures' luma, in sixteenths.
[[nodiscard]] std::uint32_t luma_error2(const Thumbnail& left, const Thumbnail& right);

/// A rendition's frame beside its source frame `match`; `source` are the small pictures of all
/// source frames.
[[nodiscard]] Glance compare(
    const Thumbnail& rendition, const std::vector<Thumbnail>& source, int match
);

}  // namespace millpond::picture
