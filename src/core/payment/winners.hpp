#pragma once

#include "core/payment/desk.hpp"

#include <map>
#include <vector>

namespace millpond::payment {

/// The tickets that won and are not redeemed yet, by who must pay them.
class Winners {
public:
    /// False for one that is kept, or was closed and could still be shown again.
    bool add(const WinningTicket& winner);
    /// Nothing more is asked of it. False for one that is not kept.
    bool close(const Hash32& ticket);
    /// Forgets closed ones that are too old to be shown again.
    void tick(std::uint64_t round);

    [[nodiscard]] std::vector<Address> senders() const;
    /// Oldest first.
    [[nodiscard]] std::vector<WinningTicket> of(const Address& sender) const;
    /// The sum of their face values.
    [[nodiscard]] Wei owed_by(const Address& sender) const;

    [[nodiscard]] std::size_t size() const;

    [[nodiscard]] static Hash32 name_of(const WinningTicket& winner);

private:
    std::map<Address, std::vector<WinningTicket>> open_;
    std::map<Hash32, std::uint64_t> closed_;  ///< their rounds, by ticket hash
};

}  // namespace millpond::payment
