#pragma once

#include "edge/net/workers.hpp"
#include "edge/sources/sources.hpp"
#include "flow/ports.hpp"

#include <string>

namespace millpond {

/// Writes evidence bundles into a folder, on a worker thread.
class EvidenceKeeper final : public Evidence {
public:
    EvidenceKeeper(Sources& sources, net::Workers& workers, std::string folder)
        : sources_(sources),
          workers_(workers),
          folder_(std::move(folder))
    {
    }

    Task<Result<void, Fault>> keep(Finding finding) override;

private:
    Sources& sources_;
    net::Workers& workers_;
    std::string folder_;
};

}  // namespace millpond
