#pragma once

#include "edge/media/transcode.hpp"
#include "worker/worker.hpp"

namespace millpond {

/// The honest transcode function: libav with the given settings, one encoder set per session.
[[nodiscard]] Transcoding media_transcode(const media::TranscodeSettings& settings);

}  // namespace millpond
