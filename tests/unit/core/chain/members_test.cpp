#include "core/chain/members.hpp"

#include "core/chain/abi.hpp"
#include "crypto/keccak.hpp"

#include <gtest/gtest.h>

namespace millpond::chain {
namespace {

Address address(std::uint8_t last)
{
    std::array<std::uint8_t, 20> bytes{};
    bytes.back() = last;
    return Address{bytes};
}

const std::vector<Hash32> proposed{crypto::keccak256(as_bytes(
    "ProposalCreated(uint256,address,address[],uint256[],string[],bytes[],uint256,uint256,string)"
))};

/// As the voting contract logs it.
Bytes log_of(const Hash32& id, const Proposal& proposal)
{
    std::vector<Abi> targets;
    std::vector<Abi> values;
    std::vector<Bytes> calls;
    for (const Action& action : proposal.actions) {
        targets.push_back(Abi{}.address(action.target));
        values.push_back(Abi{}.amount(action.value));
        calls.push_back(action.call);
    }
    return Abi{}
        .word(id)
        .address(proposal.proposer)
        .array(targets)
        .array(values)
        .bytes_array(std::vector<Bytes>(calls.size()))
        .bytes_array(calls)
        .number(proposal.vote_start)
        .number(proposal.vote_end)
        .bytes(as_bytes(proposal.description))
        .encode();
}

Proposal two_actions()
{
    return {
        .proposer = address(9),
        .actions =
            {{.target = address(1), .value = Wei{}, .call = calls::set_open(false)},
             {.target = address(2), .value = Wei{5}, .call = calls::expel(address(3))}},
        .vote_start = 100,
        .vote_end = 200,
        .description = "both at once",
    };
}

TEST(Members, read_what_was_proposed_out_of_its_log)
{
    const Proposal proposal = two_actions();
    const Hash32 id = proposal_id(proposal.actions, proposal.description);
    EXPECT_EQ(proposal_of(proposed, log_of(id, proposal)), proposal);
}

TEST(Members, take_no_proposal_that_does_not_hash_to_its_number)
{
    const Proposal proposal = two_actions();
    const Hash32 id = proposal_id(proposal.actions, proposal.description);
    Proposal other = proposal;
    other.actions[1].value = Wei{6};
    EXPECT_FALSE(proposal_of(proposed, log_of(id, other)));
    other = proposal;
    other.description += "!";
    EXPECT_FALSE(proposal_of(proposed, log_of(id, other)));
}

TEST(Members, take_no_log_that_is_cut_off_or_of_another_event)
{
    const Proposal proposal = two_actions();
    const Bytes whole = log_of(proposal_id(proposal.actions, proposal.description), proposal);
    constexpr std::size_t text = 64;  // the description and its length
    for (std::size_t size = 0; size + text < whole.size(); size += 32)
        EXPECT_FALSE(proposal_of(proposed, ByteView{whole}.first(size))) << size;
    EXPECT_FALSE(proposal_of({Hash32{}}, whole));
    EXPECT_FALSE(proposal_of({}, whole));
}

TEST(Members, find_the_shares_of_their_own_pool_only)
{
    const PoolId pool{Hash32{7}};
    Hash32 shares{};
    shares.back() = 5;
    const Hash32 event = crypto::keccak256(as_bytes("MembersAttached(bytes32,address)"));
    EXPECT_EQ(attached_shares_of({event, pool.value(), shares}, pool), address(5));
    EXPECT_FALSE(attached_shares_of({event, Hash32{8}, shares}, pool));
    EXPECT_FALSE(attached_shares_of({Hash32{}, pool.value(), shares}, pool));
}

TEST(Members, know_every_state_of_a_proposal)
{
    EXPECT_EQ(name_of(*proposal_state_of(Abi{}.number(5).encode())), "queued");
    EXPECT_EQ(name_of(*proposal_state_of(Abi{}.number(7).encode())), "executed");
    EXPECT_FALSE(proposal_state_of(Abi{}.number(8).encode()));
    EXPECT_FALSE(proposal_state_of({}));
}

TEST(PoolTerms, are_read_as_they_are_told)
{
    const PoolTerms terms{.guardian = address(4), .challenge = 172'800, .parameters = Hash32{3}};
    const Bytes call = calls::schedule_terms(PoolId{}, terms);
    const std::size_t before = 4 + 32;  // the selector and the pool
    EXPECT_EQ(pool_terms_of(ByteView{call}.subspan(before)), terms);
    EXPECT_FALSE(pool_terms_of(ByteView{call}.subspan(before + 32)));
}

}  // namespace
}  // namespace millpond::chain
