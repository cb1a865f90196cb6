#include "core/verify/thresholds.hpp"

#include "crypto/keccak.hpp"

namespace millpond::verify {
namespace {

/// Counts up with every change of `scores.cpp` or `picture.cpp` that can change a verdict, and with
/// every change of the measurement.
constexpr std::string_view rules_version = "millpond verdict function 4\n";

void write(std::string& text, const ThresholdTable& table)
{
    for (std::size_t i = 0; i < features; ++i) {
        text += name_of(static_cast<Feature>(i));
        for (const Threshold& each : {table.worst[i], table.median[i]})
            text += " " + std::to_string(each.alarm) + " " + std::to_string(each.fraud);
        text += "\n";
    }
}

}  // namespace

Hash32 verdict_function_hash(const Thresholds& thresholds)
{
    std::string text{rules_version};
    text += "sample\n";
    write(text, thresholds.sample);
    text += "whole\n";
    write(text, thresholds.whole);
    return crypto::keccak256(as_bytes(text));
}

}  // namespace millpond::verify
