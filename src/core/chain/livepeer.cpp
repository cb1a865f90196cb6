#include "core/chain/livepeer.hpp"

#include "core/chain/abi.hpp"
#include "crypto/keccak.hpp"

#include <algorithm>

namespace millpond::chain::livepeer {
namespace {

/// A round that is never reached is told as the largest number.
std::uint64_t round_of(const Wei& number)
{
    const Wei most{~std::uint64_t{0}};
    return std::min(number, most).limbs()[0];
}

Bytes aux_data_of(const CreationRound& round)
{
    const Hash32 number = to_big_endian(Wei{round.number});
    Bytes data{number.begin(), number.end()};
    data.insert(data.end(), round.block_hash.begin(), round.block_hash.end());
    return data;
}

}  // namespace

Bytes get_contract(std::string_view name)
{
    return call_of("getContract(bytes32)", Abi{}.word(crypto::keccak256(as_bytes(name))));
}

Bytes last_initialized_round()
{
    return call_of("lastInitializedRound()", {});
}

Bytes block_number()
{
    return call_of("blockNum()", {});
}

Bytes block_hash_for_round(std::uint64_t round)
{
    return call_of("blockHashForRound(uint256)", Abi{}.number(round));
}

Bytes get_transcoder(const Address& transcoder)
{
    return call_of("getTranscoder(address)", Abi{}.address(transcoder));
}

Bytes pool_size()
{
    return call_of("getTranscoderPoolSize()", {});
}

Bytes get_sender_info(const Address& sender)
{
    return call_of("getSenderInfo(address)", Abi{}.address(sender));
}

Bytes claimed_reserve(const Address& holder, const Address& claimant)
{
    return call_of("claimedReserve(address,address)", Abi{}.address(holder).address(claimant));
}

Bytes claimable_reserve(const Address& holder, const Address& claimant)
{
    return call_of("claimableReserve(address,address)", Abi{}.address(holder).address(claimant));
}

Bytes used_tickets(const Hash32& ticket)
{
    return call_of("usedTickets(bytes32)", Abi{}.word(ticket));
}

Bytes redeem_winning_ticket(const Ticket& ticket, const Hash32& recipient_rand)
{
    const TicketParams& params = ticket.params;
    return call_of(
        "redeemWinningTicket((address,address,uint256,uint256,uint256,bytes32,bytes),bytes,"
        "uint256)",
        Abi{}
            .tuple(Abi{}
                       .address(params.recipient)
                       .address(ticket.sender)
                       .amount(params.face_value)
                       .amount(params.win_probability)
                       .number(ticket.signed_by_sender.nonce)
                       .word(params.recipient_rand_hash)
                       .bytes(aux_data_of(params.round)))
            .bytes(ticket.signed_by_sender.signature)
            .word(recipient_rand)
    );
}

Bytes set_service_uri(std::string_view uri)
{
    return call_of("setServiceURI(string)", Abi{}.bytes(as_bytes(uri)));
}

Bytes get_service_uri(const Address& owner)
{
    return call_of("getServiceURI(address)", Abi{}.address(owner));
}

Bytes reward()
{
    return call_of("reward()", {});
}

std::optional<ActiveRounds> active_rounds_of(ByteView answer)
{
    const AbiAnswer words{answer};
    const auto last_reward = words.amount(0);
    const auto activation = words.amount(4);
    const auto deactivation = words.amount(5);
    if (!last_reward || !activation || !deactivation || !words.word(9)) return std::nullopt;
    return ActiveRounds{
        .activation = round_of(*activation),
        .deactivation = round_of(*deactivation),
        .last_reward = round_of(*last_reward),
    };
}

std::optional<SenderInfo> sender_info_of(ByteView answer)
{
    const AbiAnswer words{answer};
    const auto deposit = words.amount(0);
    const auto withdraw = words.amount(1);
    const auto reserve = words.amount(2);
    const auto claimed = words.amount(3);
    if (!deposit || !withdraw || !reserve || !claimed) return std::nullopt;
    return SenderInfo{
        .deposit = *deposit,
        .withdraw_round = round_of(*withdraw),
        .reserve = *reserve,
        .claimed_in_round = *claimed,
    };
}

}  // namespace millpond::chain::livepeer
