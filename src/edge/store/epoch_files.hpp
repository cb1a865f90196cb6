#pragma once

#include "edge/net/workers.hpp"
#include "edge/store/journal.hpp"
#include "flow/bookkeeper.hpp"

#include <filesystem>

namespace millpond::store {

/// Epochs on disk: `secrets/N` until an epoch has ended, and what is published of it as
/// `epochs/N.json`.
class EpochFiles final : public Epochs {
public:
    static Result<std::unique_ptr<EpochFiles>, Fault> open(
        std::filesystem::path folder, const StoredJournal& journal, net::Workers& files
    );

    Result<Hash32, Fault> secret(std::uint64_t epoch) override;
    Task<Result<void, Fault>> publish(settle::EpochDocument document) override;

    [[nodiscard]] Hash32 journal_hash() const override { return journal_.last_hash(); }

private:
    EpochFiles(std::filesystem::path folder, const StoredJournal& journal, net::Workers& files)
        : folder_(std::move(folder)),
          journal_(journal),
          files_(files)
    {
    }

    std::filesystem::path folder_;
    const StoredJournal& journal_;
    net::Workers& files_;
};

}  // namespace millpond::store
