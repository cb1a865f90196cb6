#pragma once

#include "core/chain/pool_cases.hpp"
#include "core/settle/epoch.hpp"
#include "edge/chain/deployment.hpp"
#include "edge/chain/intents.hpp"
#include "edge/chain/sender.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millpond {

/// What both sides signed of a task.
struct SignedTask {
    receipt::Signed<TaskOffer> offer;
    receipt::Signed<ResultCommit> commit;
};

/// Out of a pool's journal; a fault where it is not there.
[[nodiscard]] Result<SignedTask, Fault> signed_task(const std::string& journal, TaskId task);

/// What binds a bundle of evidence: the Keccak-256 of its description, which has the hashes of all
/// the rest.
[[nodiscard]] Result<Hash32, Fault> evidence_root(const std::filesystem::path& bundle);

/// A pool's side of cases against its transcoders: opens one for each charge, once whatever
/// interrupts it, shows its evidence in time, has juries drawn, and takes every step that a silence
/// or a ruling has left, to the end. Appeals are the operator's to decide. Blocks.
class Prosecutor {
public:
    struct Settings {
        chain::Deployed deployed;
        PoolId pool;
        std::filesystem::path evidence;  ///< folder of the bundles
        std::string journal;             ///< its location
        std::string uri;                 ///< where everybody can read the bundles
        Hash32 verdict_function{};       ///< that offers name
        Wei spend_max;                   ///< bonds of claims, in a day
    };

    struct World {
        /// An epoch's document as it was published.
        std::function<Result<settle::EpochDocument, Fault>(std::uint64_t epoch)> document;
    };

    /// `key` signs what the cases' seeds follow from; the sender has the same.
    Prosecutor(
        Settings settings,
        chain::Node& node,
        chain::Sender& sender,
        const chain::Intents& intents,
        crypto::PrivateKey key,
        World world
    );

    void set_uri(std::string uri) { settings_.uri = std::move(uri); }

    /// The next step of each, as of that block. `now` in Unix seconds.
    std::vector<chain::ChargeView> step(
        const std::vector<chain::Charge>& charges, std::uint64_t block, std::uint64_t now
    );

private:
    /// What is known of a charge.
    struct File {
        std::optional<SignedTask> task;
        std::optional<chain::Accusation> accusation;  ///< as the court has it
    };

    struct Moment {
        std::uint64_t block = 0;
        std::uint64_t chain_time = 0;
        std::uint64_t now = 0;
    };

    Result<void, Fault> look(chain::ChargeView& view, const Moment& at);
    Result<void, Fault> open(const File& file, const chain::Charge& charge, const Moment& at);
    Result<chain::Accusation, Fault> accuse(
        const SignedTask& task, const chain::Charge& charge, const Moment& at
    );
    Result<void, Fault> go_on(
        const File& file, const chain::ChargeView& view, std::uint64_t round, const Moment& at
    );
    Result<void, Fault> close(
        const chain::Accusation& accusation, std::uint64_t until, const Moment& at
    );
    Result<void, Fault> let_verdicts_count(const Moment& at);
    Result<std::optional<chain::JuryState>, Fault> jury_of(
        const Hash32& id, const chain::CaseState& state, const Moment& at
    );
    /// Once whatever interrupts it; what failed in its block is begun again under another name.
    Result<void, Fault> pursue(chain::Intent intent, std::uint64_t now);
    Result<void, Fault> allow(const Wei& bond, std::uint64_t now) const;
    Result<Bytes, Fault> ask(const Address& at, Bytes call, std::uint64_t block);
    [[nodiscard]] Hash32 seed_of(const TaskKey& task) const;

    Settings settings_;
    chain::Node& node_;
    chain::Sender& sender_;
    const chain::Intents& intents_;
    crypto::PrivateKey key_;
    World world_;
    std::map<TaskId, File> files_;
    bool verdicts_count_ = false;
};

}  // namespace millpond
