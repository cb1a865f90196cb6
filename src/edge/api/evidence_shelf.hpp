#pragma once

#include "base/result.hpp"
#include "base/task.hpp"
#include "edge/net/workers.hpp"
#include "model/ids.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace millpond {

/// What is asked below `/api/v1/evidence/`.
struct EvidenceQuestion {
    TaskId task;
    std::string file;

    bool operator==(const EvidenceQuestion&) const = default;
};

/// Nothing for a path that names no file of a bundle.
[[nodiscard]] std::optional<EvidenceQuestion> parse_evidence_path(std::string_view path);

/// Bundles of evidence as they lie on disk, off the loop.
class EvidenceShelf {
public:
    EvidenceShelf(net::Loop& loop, std::filesystem::path folder);

    /// Nothing where it is not there.
    Task<Result<std::optional<std::string>, Fault>> file(EvidenceQuestion question);

private:
    std::filesystem::path folder_;
    std::size_t waiting_ = 0;
    net::Workers worker_;
};

}  // namespace millpond
