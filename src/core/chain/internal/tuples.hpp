#pragma once

#include "core/chain/abi.hpp"
#include "core/chain/contracts.hpp"
#include "core/chain/court.hpp"

/// Structs as the contracts take them.
namespace millpond::chain {

[[nodiscard]] Abi abi_of(const EpochStamp& stamp);
[[nodiscard]] Abi abi_of(const settle::Leaf& leaf);
[[nodiscard]] Abi abi_of(const settle::SumProof& proof);
[[nodiscard]] Abi abi_of(const Voucher& voucher);
[[nodiscard]] Abi abi_of(const std::optional<PostedLeaf>& posted);
/// Signed by the owner itself: the grant of a session key is all zero.
[[nodiscard]] Abi proof_by_owner(ByteView signature);

/// Their types, for the signatures of functions.
inline constexpr const char* voucher_type =
    "(bytes32,address,uint64,uint256,uint64,uint64,bytes32)";
inline constexpr const char* proof_type =
    "(bytes,(bytes32,address,address,uint64,uint256,uint64,uint64,uint64),bytes)";
inline constexpr const char* stamp_type = "(uint64,uint64,uint32,bytes32)";
inline constexpr const char* posted_type =
    "(bool,(bytes32,uint64,address,uint256,uint64,uint64,uint64),((bytes32,uint256)[],uint64))";

}  // namespace millpond::chain
