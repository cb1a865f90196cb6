#pragma once

#include "base/task.hpp"
#include "core/settle/epoch.hpp"
#include "edge/net/workers.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace millpond::store {

/// That an account's earnings are in an epoch's root (settle::root_of).
struct EpochProof {
    settle::Leaf leaf;
    settle::SumProof proof;
    EpochRoot root;
    crypto::Signature signature{};  ///< the operator's over the root
};

/// Answers from the published documents of epochs, off the loop.
class EpochProofs {
public:
    /// `folder` holds the documents `<number>.json`.
    EpochProofs(net::Loop& loop, std::filesystem::path folder);

    /// The document as it is published; nothing where there is none.
    Task<Result<std::optional<std::string>, Fault>> document(std::uint64_t epoch);
    /// Nothing where there is no such epoch or account.
    Task<Result<std::optional<EpochProof>, Fault>> prove(std::uint64_t epoch, Address account);

private:
    /// The tree that was asked for last: proofs of one epoch are asked for together.
    struct Newest;

    template <typename Answer>
    Task<Result<Answer, Fault>> ask(std::move_only_function<Result<Answer, Fault>()> question);

    std::filesystem::path folder_;
    std::shared_ptr<Newest> newest_;  ///< the worker's
    std::size_t waiting_ = 0;
    net::Workers worker_;
};

}  // namespace millpond::store
