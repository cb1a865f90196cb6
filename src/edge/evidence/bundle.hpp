#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "core/verify/picture.hpp"
#include "model/claim.hpp"
#include "model/picture.hpp"
#include "model/profile.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace millpond::evidence {

/// Everything that anybody needs to judge one claim again: what was asked, what came back, who
/// signed for it, what was looked at, what was seen and how it was judged.
struct Bundle {
    std::string session;
    Bytes manifest;
    std::int64_t seq = 0;
    Address gateway;          ///< all zero where it did not say who it is
    Bytes gateway_signature;  ///< empty where it signs nothing; what it signed it cannot deny
    Ladder ladder;
    Blob source;
    Hash32 source_hash{};  ///< Keccak-256, as the gateway said it
    Claim claim;
    Address transcoder;  ///< all zero for a stock one
    CheckPlan plan;
    PictureReport report;
    verify::Thresholds thresholds;
    verify::Judgement judgement;
};

/// Writes `folder`/<task>/ with bundle.json, report.json, thresholds.json, source and renditions.
/// The folder appears whole or not at all.
Result<std::filesystem::path, Fault> write_bundle(
    const std::filesystem::path& folder, const Bundle& bundle
);

/// The same below each of `folders`, as many as can be had; the fault names those that could not.
Result<void, Fault> write_copies(
    const std::vector<std::filesystem::path>& folders, const Bundle& bundle
);

/// Reads a bundle's folder; files whose hashes are not those of the claim are a fault, and so is a
/// gateway's signature that is not over this source.
[[nodiscard]] Result<Bundle, Fault> read_bundle(const std::filesystem::path& folder);

/// What bundle.json says. Its judgement is for people and is not read back: who reads a bundle
/// judges again.
[[nodiscard]] std::string to_json(const Bundle& bundle);
/// Everything but the bytes that stand in files of their own, with the hashes they must have.
[[nodiscard]] Result<Bundle, Fault> parse_bundle(std::string_view text);

/// A judgement as JSON, the thresholds it was made by included by hash.
[[nodiscard]] std::string to_json(
    const verify::Judgement& judgement, const verify::Thresholds& thresholds
);

}  // namespace millpond::evidence
