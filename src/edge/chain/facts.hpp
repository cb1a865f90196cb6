#pragma once

#include "base/bytes.hpp"
#include "base/wei.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <optional>
#include <vector>

/// What nodes tell of a chain.
namespace millpond::chain {

struct Block {
    std::uint64_t number = 0;
    Hash32 hash{};
    Hash32 parent{};
    std::uint64_t time = 0;  ///< Unix seconds
    Wei base_fee;

    bool operator==(const Block&) const = default;
};

struct Log {
    Address contract;
    std::vector<Hash32> topics;
    Bytes data;
    std::uint64_t block = 0;
    Hash32 block_hash{};
    Hash32 transaction{};
    std::uint64_t index = 0;

    bool operator==(const Log&) const = default;
};

struct Receipt {
    Hash32 transaction{};
    bool succeeded = false;
    std::uint64_t block = 0;
    Hash32 block_hash{};
    std::uint64_t gas_used = 0;
    Wei gas_price;                    ///< paid for each unit
    std::optional<Address> contract;  ///< that came to be
    std::vector<Log> logs;

    bool operator==(const Receipt&) const = default;
};

}  // namespace millpond::chain
