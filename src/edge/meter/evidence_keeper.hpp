#pragma once

#include "edge/net/workers.hpp"
#include "edge/sources/sources.hpp"
#include "flow/ports.hpp"

#include <filesystem>
#include <vector>

namespace millpond {

/// Writes evidence bundles into each of some folders, on a worker thread: the loss of one is not
/// the loss of the evidence (threat X14).
class EvidenceKeeper final : public Evidence {
public:
    EvidenceKeeper(
        Sources& sources, net::Workers& workers, std::vector<std::filesystem::path> folders
    )
        : sources_(sources),
          workers_(workers),
          folders_(std::move(folders))
    {
    }

    Task<Result<void, Fault>> keep(Finding finding) override;

private:
    Sources& sources_;
    net::Workers& workers_;
    std::vector<std::filesystem::path> folders_;
};

}  // namespace millpond
