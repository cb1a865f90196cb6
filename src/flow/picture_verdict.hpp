#pragma once

#include "base/bytes.hpp"
#include "core/verify/picture.hpp"
#include "model/book_event.hpp"

#include <string>

namespace millpond {

/// How one claim's picture was judged.
struct PictureVerdict {
    verify::Verdict verdict = verify::Verdict::pass;
    CheckTier tier = CheckTier::sample;         ///< how closely it was looked at in the end
    std::string text;                           ///< what decided
    Hash32 report{};                            ///< of the journal's entry about it
    ExamFinding second = ExamFinding::unclear;  ///< of a second look, where one was needed
    Hash32 second_report{};

    [[nodiscard]] bool refuses() const
    {
        return verdict != verify::Verdict::pass && verdict != verify::Verdict::untestable;
    }
};

}  // namespace millpond
