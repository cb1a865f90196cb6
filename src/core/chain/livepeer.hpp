#pragma once

#include "base/bytes.hpp"
#include "base/wei.hpp"
#include "model/ids.hpp"
#include "model/ticket.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

/// Livepeer's contracts as an orchestrator calls them (livepeer-wire 6).
namespace millpond::chain::livepeer {

/// The controller's name of a contract: "TicketBroker".
[[nodiscard]] Bytes get_contract(std::string_view name);

[[nodiscard]] Bytes last_initialized_round();
[[nodiscard]] Bytes block_number();  ///< of L1, also where the chain is an L2
[[nodiscard]] Bytes block_hash_for_round(std::uint64_t round);

[[nodiscard]] Bytes get_transcoder(const Address& transcoder);
[[nodiscard]] Bytes pool_size();

[[nodiscard]] Bytes get_sender_info(const Address& sender);
[[nodiscard]] Bytes claimed_reserve(const Address& holder, const Address& claimant);
/// What the claimant would get of the holder's reserve now.
[[nodiscard]] Bytes claimable_reserve(const Address& holder, const Address& claimant);
[[nodiscard]] Bytes used_tickets(const Hash32& ticket);
[[nodiscard]] Bytes redeem_winning_ticket(const Ticket& ticket, const Hash32& recipient_rand);

[[nodiscard]] Bytes set_service_uri(std::string_view uri);
[[nodiscard]] Bytes get_service_uri(const Address& owner);
[[nodiscard]] Bytes reward();

/// When a transcoder is in the active set: from `activation` on, before `deactivation`.
struct ActiveRounds {
    std::uint64_t activation = 0;
    std::uint64_t deactivation = 0;
    std::uint64_t last_reward = 0;  ///< the round it was called for

    bool operator==(const ActiveRounds&) const = default;
};

/// Nothing for bytes that are no answer to `get_transcoder`.
[[nodiscard]] std::optional<ActiveRounds> active_rounds_of(ByteView answer);

struct SenderInfo {
    Wei deposit;
    std::uint64_t withdraw_round = 0;
    Wei reserve;
    Wei claimed_in_round;

    bool operator==(const SenderInfo&) const = default;
};

/// Nothing for bytes that are no answer to `get_sender_info`.
[[nodiscard]] std::optional<SenderInfo> sender_info_of(ByteView answer);

}  // namespace millpond::chain::livepeer
