#include "crypto/typed_data.hpp"

#include "crypto/keccak.hpp"

#include <algorithm>

namespace millpond::crypto {

StructType::StructType(std::string_view text) : hash_(keccak256(as_bytes(text))) {}

TypedStruct::TypedStruct(const StructType& type)
{
    constexpr std::size_t words_mostly = 10;
    encoded_.reserve(words_mostly * type.hash().size());
    word(type.hash());
}

TypedStruct& TypedStruct::word(const Hash32& value)
{
    encoded_.insert(encoded_.end(), value.begin(), value.end());
    return *this;
}

TypedStruct& TypedStruct::number(std::uint64_t value)
{
    Hash32 padded{};
    for (std::size_t i = 0; i < 8; ++i)
        padded[31 - i] = static_cast<std::uint8_t>(value >> (8 * i));
    return word(padded);
}

TypedStruct& TypedStruct::address(const AddressBytes& value)
{
    Hash32 padded{};
    std::ranges::copy(value, padded.begin() + 12);
    return word(padded);
}

TypedStruct& TypedStruct::text(std::string_view value)
{
    return word(keccak256(as_bytes(value)));
}

Hash32 TypedStruct::hash() const
{
    return keccak256(encoded_);
}

Hash32 domain_separator(const TypedDomain& domain)
{
    return TypedStruct{
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    }
        .text("Millpond")
        .text("1")
        .number(domain.chain_id)
        .address(domain.contract)
        .hash();
}

Hash32 typed_digest(const Hash32& domain, const Hash32& structure)
{
    Bytes bytes{0x19, 0x01};
    bytes.insert(bytes.end(), domain.begin(), domain.end());
    bytes.insert(bytes.end(), structure.begin(), structure.end());
    return keccak256(bytes);
}

}  // namespace millpond::crypto
