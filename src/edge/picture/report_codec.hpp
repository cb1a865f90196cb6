#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "edge/picture/measure.hpp"
#include "model/picture.hpp"

#include <vector>

/// Requests and reports as bytes, for the way into a process that decodes hostile files and back.
/// What comes back is as hostile as what went in: every count is bounded before anything is made.
namespace millpond::picture {

/// Without the files themselves: they stand beside it, the source first.
[[nodiscard]] Bytes encode_request(const Request& request);
/// `files` are the source and then one for each rung.
[[nodiscard]] Result<Request, Fault> parse_request(
    ByteView bytes, const std::vector<ByteView>& files
);

[[nodiscard]] Bytes encode_report(const PictureReport& report);
[[nodiscard]] Result<PictureReport, Fault> parse_report(ByteView bytes);

}  // namespace millpond::picture
