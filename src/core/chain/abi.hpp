#pragma once

#include "base/bytes.hpp"
#include "base/wei.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// How contracts are called and answer (Solidity, "Contract ABI Specification").
namespace millpond::chain {

/// The values of a call or a struct, in order.
class Abi {
public:
    Abi& word(const Hash32& value);
    Abi& number(std::uint64_t value);
    Abi& amount(const Wei& value);
    Abi& address(const Address& value);
    Abi& flag(bool value);
    Abi& bytes(ByteView value);
    Abi& tuple(const Abi& value);
    Abi& array(const std::vector<Abi>& values);
    Abi& bytes_array(const std::vector<Bytes>& values);

    [[nodiscard]] Bytes encode() const;

private:
    struct Part {
        Bytes bytes;
        bool dynamic = false;  ///< stands behind the fixed parts, which hold where
    };

    [[nodiscard]] bool dynamic() const;
    Abi& list(std::size_t size, const Abi& elements);

    std::vector<Part> parts_;
};

/// The first four bytes of the hash of "name(types)".
[[nodiscard]] Bytes selector_of(std::string_view signature);
[[nodiscard]] Bytes call_of(std::string_view signature, const Abi& values);

struct AbiArray;

/// What a contract answered: words, and bytes and arrays that a word points to. Nothing where it is
/// too short or a word does not fit the type.
class AbiAnswer {
public:
    explicit AbiAnswer(ByteView bytes) : bytes_(bytes) {}

    [[nodiscard]] std::optional<Hash32> word(std::size_t index) const;
    [[nodiscard]] std::optional<Wei> amount(std::size_t index) const;
    [[nodiscard]] std::optional<std::uint64_t> number(std::size_t index) const;
    [[nodiscard]] std::optional<Address> address(std::size_t index) const;
    [[nodiscard]] std::optional<bool> flag(std::size_t index) const;
    [[nodiscard]] std::optional<Bytes> bytes(std::size_t index) const;
    [[nodiscard]] std::optional<AbiArray> array(std::size_t index) const;

private:
    /// From where that word points on, its length first.
    [[nodiscard]] std::optional<ByteView> behind(std::size_t index) const;

    ByteView bytes_;
};

/// Has a word at least for each element.
struct AbiArray {
    std::size_t size = 0;
    AbiAnswer elements;
};

}  // namespace millpond::chain
