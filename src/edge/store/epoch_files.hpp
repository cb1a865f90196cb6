#pragma once

#include "edge/net/workers.hpp"
#include "edge/store/journal.hpp"
#include "edge/store/snapshot_files.hpp"
#include "flow/bookkeeper.hpp"

#include <filesystem>

namespace millpond::store {

/// Epochs in a pool's data folder: the secrets follow from `epoch_secret` and the epoch's number,
/// so that who has that file can go on with the pool; what is published of an epoch is
/// `epochs/N.json`, what a start goes on from `snapshots/N.snapshot`.
class EpochFiles final : public Epochs {
public:
    static Result<std::unique_ptr<EpochFiles>, Fault> open(
        std::filesystem::path folder, const StoredJournal& journal, net::Workers& files
    );

    Result<Hash32, Fault> secret(std::uint64_t epoch) override;
    Task<Result<void, Fault>> publish(settle::EpochDocument document) override;
    [[nodiscard]] bool published(std::uint64_t epoch) const override;
    Result<void, Fault> publish_late(const settle::EpochDocument& document) override;
    Task<Result<void, Fault>> keep(std::uint64_t epoch, Bytes snapshot) override;

    [[nodiscard]] Hash32 journal_hash() const override { return journal_.last_hash(); }

private:
    EpochFiles(
        std::filesystem::path folder,
        const Hash32& master,
        const StoredJournal& journal,
        net::Workers& files
    )
        : folder_(std::move(folder)),
          snapshots_(folder_ / "snapshots"),
          master_(master),
          journal_(journal),
          files_(files)
    {
    }

    std::filesystem::path folder_;
    SnapshotFiles snapshots_;
    Hash32 master_;  ///< all secrets follow from it
    const StoredJournal& journal_;
    net::Workers& files_;
};

}  // namespace millpond::store
