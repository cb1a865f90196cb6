#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace millpond::media {

/// The MPEG-7 signature of a file's picture, which gateways compare two transcoders' renditions by:
/// byte for byte what `ffmpeg -i FILE -map 0:v:0 -vf signature=format=binary:filename=...` writes.
/// A fault where there is no picture.
[[nodiscard]] Result<Bytes, Fault> video_signature(ByteView file);

}  // namespace millpond::media
