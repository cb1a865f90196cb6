#pragma once

#include "base/bytes.hpp"
#include "base/wei.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

namespace millpond::payment {

/// Which tickets were seen of parameters that are still out. They may come in any order.
class Nonces {
public:
    static constexpr std::size_t most = 600;  ///< of one recipientRand (livepeer-wire 5.6)

    enum class Answer : std::uint8_t { fresh, seen, too_many };

    /// Notes the nonce when it is fresh.
    Answer take(const Hash32& recipient_rand, const Wei& expiration_block, std::uint32_t nonce);
    /// Forgets what expires at that L1 block or before: such tickets are refused by then.
    void forget_expired(const Wei& l1_block);

    /// Whether any ticket with that rand is kept.
    [[nodiscard]] bool knows(const Hash32& recipient_rand) const
    {
        return seen_.contains(recipient_rand);
    }

    [[nodiscard]] std::size_t kept() const { return seen_.size(); }

private:
    struct Seen {
        Wei expiration_block;
        std::set<std::uint32_t> nonces;
    };

    std::map<Hash32, Seen> seen_;
};

}  // namespace millpond::payment
