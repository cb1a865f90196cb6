#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "model/profile.hpp"

#include <memory>
#include <optional>
#include <string>

namespace millpond::media {

struct CutSettings {
    Duration target = std::chrono::seconds{2};  ///< cut at the first keyframe at or after this
};

struct CutSegment {
    Blob bytes;  ///< MPEG-TS, starting with a keyframe where there is video
    Duration duration{};
    FrameSize size;
};

/// Cuts a file or a live input (anything libavformat opens) into segments without re-encoding.
class Cutter {
public:
    static Result<Cutter, Fault> open(const std::string& input, CutSettings settings);
    ~Cutter();
    Cutter(Cutter&&) noexcept;
    Cutter& operator=(Cutter&&) noexcept;

    /// Nothing at the end of the input. Blocks while a live input has no more.
    [[nodiscard]] Result<std::optional<CutSegment>, Fault> next();

private:
    struct Inside;
    explicit Cutter(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

}  // namespace millpond::media
