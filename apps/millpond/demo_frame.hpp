#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/wei.hpp"
#include "model/ids.hpp"
#include "model/profile.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// What a dishonest operator does in the demo, beside the programs.
namespace millpond {

/// A segment that was pushed, and what came back.
struct SentSegment {
    Blob source;
    std::vector<Blob> renditions;
};

struct FrameSettings {
    std::string journal;
    std::filesystem::path folder;
    Ladder ladder;
    Address accused;
};

struct Framed {
    TaskId task;
    std::filesystem::path bundle;
};

/// Evidence of a fraud that there was none: a segment that the accused did, and did well.
[[nodiscard]] Result<Framed, Fault> frame(
    const FrameSettings& settings, const std::vector<SentSegment>& sent
);

struct Forgery {
    std::string posted;  ///< document of the last posted epoch
    std::string made;    ///< gets the next one's
    Address victim;
    Address accomplice;
};

/// An epoch in which the accomplice has what the victim had; its number.
[[nodiscard]] Result<std::uint64_t, Fault> forge_epoch(const Forgery& forgery);

/// What a transcoder's receipts promise it up to an epoch.
[[nodiscard]] Result<Wei, Fault> promised_until(std::uint64_t epoch, const std::string& receipts);

}  // namespace millpond
