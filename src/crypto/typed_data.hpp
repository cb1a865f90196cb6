#pragma once

#include "base/bytes.hpp"
#include "crypto/signature.hpp"

#include <cstdint>
#include <string_view>

namespace millpond::crypto {

/// Where a signature counts: one registry on one chain (EIP-712, "Definition of domainSeparator").
struct TypedDomain {
    std::uint64_t chain_id = 0;
    AddressBytes contract{};  ///< the pool registry; all zero for a pool without a chain

    bool operator==(const TypedDomain&) const = default;
};

/// Name "Millpond", version "1".
[[nodiscard]] Hash32 domain_separator(const TypedDomain& domain);

/// A struct's type, its text hashed once.
class StructType {
public:
    /// `text` is the whole of it, such as "Voucher(bytes32 poolId,address transcoder,uint64 seq)".
    explicit StructType(std::string_view text);

    [[nodiscard]] const Hash32& hash() const { return hash_; }

private:
    Hash32 hash_;
};

/// One struct's fields as Solidity's abi.encode lays them out: a word of 32 bytes each, numbers
/// big-endian and left-padded, in the order of the type's text (EIP-712, "Definition of
/// encodeData").
class TypedStruct {
public:
    explicit TypedStruct(std::string_view type) : TypedStruct(StructType{type}) {}

    explicit TypedStruct(const StructType& type);

    TypedStruct& word(const Hash32& value);  ///< bytes32, uint256, or the hash of a nested struct
    TypedStruct& number(std::uint64_t value);
    TypedStruct& address(const AddressBytes& value);
    TypedStruct& text(std::string_view value);  ///< string and bytes: their Keccak-256

    [[nodiscard]] Hash32 hash() const;

private:
    Bytes encoded_;
};

/// What is signed: keccak(0x19 0x01 ‖ domain separator ‖ struct hash).
[[nodiscard]] Hash32 typed_digest(const Hash32& domain, const Hash32& structure);

}  // namespace millpond::crypto
