#pragma once

#include "edge/store/epoch_proofs.hpp"
#include "flow/bookkeeper.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Pages as JSON. Amounts are decimal wei, as texts.
namespace millpond::api {

/// The operator's page under this path; nothing where the book has none.
[[nodiscard]] std::optional<std::string> book_page(
    const Bookkeeper& keeper, std::string_view path, Time now
);

/// The rules, with the text whose Keccak-256 is their hash.
[[nodiscard]] std::string policy_page(const book::Book& book);
/// The open epoch.
[[nodiscard]] std::string epochs_page(const book::Book& book);
[[nodiscard]] std::string proof_page(const store::EpochProof& proof);

}  // namespace millpond::api
