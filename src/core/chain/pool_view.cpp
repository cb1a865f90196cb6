#include "core/chain/pool_view.hpp"

#include "base/assert.hpp"
#include "core/chain/abi.hpp"
#include "crypto/keccak.hpp"

#include <algorithm>

namespace millpond::chain {
namespace {

Wei less(const Wei& from, const Wei& amount)
{
    return subtract(from, amount).value_or(Wei{});
}

/// What of ether that roots do not reserve, and of the operator's bond, has to be there for it.
bool covered(const Wei& unposted, const PoolView& pool, std::uint64_t percent)
{
    const Wei there = add(less(pool.balance, pool.reserved), pool.cover).value_or(Wei::max());
    const auto wanted = mul_div_ceil(unposted, Wei{percent}, Wei{100});
    return wanted && *wanted <= there;
}

std::vector<Alarm> contradictions(const PoolView& pool, const BookView& book)
{
    if (pool.founder == Address{}) return {Alarm::not_founded};
    std::vector<Alarm> found;
    if (pool.founder != book.operator_address) found.push_back(Alarm::other_operator);
    const bool posted = pool.posted_at != 0;
    if (posted && pool.last_epoch > book.closed) {
        found.push_back(Alarm::chain_is_ahead);
    } else if (posted && pool.last_commit == Hash32{}) {
        found.push_back(Alarm::root_voided);
    } else if (posted) {
        const EpochStamp stamp{
            .epoch = pool.last_epoch,
            .posted_at = pool.posted_at,
            .challenge = pool.challenge,
            .audit_root = book.last_posted ? book.last_posted->audit_root : Hash32{},
        };
        const bool same = book.last_posted && book.last_posted->epoch == pool.last_epoch &&
                          commit_of(*book.last_posted, stamp) == pool.last_commit &&
                          book.last_posted->next_anchor == pool.next_anchor;
        if (!same) found.push_back(Alarm::root_differs);
    }
    const Hash32& announced = posted ? pool.next_anchor : pool.first_anchor;
    if (book.next_seeds != announced) found.push_back(Alarm::anchor_differs);
    if (book.claims_differ) found.push_back(Alarm::claims_differ);
    return found;
}

}  // namespace

Hash32 commit_of(const EpochRoot& root, const EpochStamp& stamp)
{
    return crypto::keccak256(Abi{}
                                 .word(root.sum_root)
                                 .amount(root.total_earned)
                                 .number(stamp.epoch)
                                 .number(stamp.posted_at)
                                 .number(stamp.challenge)
                                 .word(stamp.audit_root)
                                 .encode());
}

std::string_view name_of(Alarm alarm)
{
    switch (alarm) {
        case Alarm::cover_is_low: return "cover_is_low";
        case Alarm::gas_is_low: return "gas_is_low";
        case Alarm::nonce_is_spent: return "nonce_is_spent";
        case Alarm::not_funded: return "not_funded";
        case Alarm::not_founded: return "not_founded";
        case Alarm::other_operator: return "other_operator";
        case Alarm::anchor_differs: return "anchor_differs";
        case Alarm::root_voided: return "root_voided";
        case Alarm::root_differs: return "root_differs";
        case Alarm::chain_is_ahead: return "chain_is_ahead";
        case Alarm::claims_differ: return "claims_differ";
    }
    MILLPOND_ASSERT(false);
}

bool stops(Alarm alarm)
{
    return alarm >= Alarm::not_founded;
}

Assessment assess(const PoolView& pool, const BookView& book, const SettlingTerms& terms)
{
    Assessment found{
        .unposted = less(book.earned, pool.total_earned),
        .free = less(pool.balance, pool.reserved),
        .alarms = contradictions(pool, book),
    };
    const bool agree = found.alarms.empty();
    if (!covered(found.unposted, pool, terms.cover_percent))
        found.alarms.push_back(Alarm::cover_is_low);
    if (pool.gas_money < terms.gas_least) found.alarms.push_back(Alarm::gas_is_low);
    if (pool.displaced > 0) found.alarms.push_back(Alarm::nonce_is_spent);
    if (book.next) {
        const bool funded = less(book.next->total_earned, pool.total_earned) <= found.free;
        if (!funded) found.alarms.push_back(Alarm::not_funded);
        if (agree && funded) found.post = book.next;
    }
    found.may_promise = agree && covers(pool, book.earned, terms);
    const bool early = !terms.unposted_early.is_zero() && found.unposted > terms.unposted_early;
    found.close_early = early && agree && !book.next;
    return found;
}

bool covers(const PoolView& pool, const Wei& earned, const SettlingTerms& terms)
{
    const Wei unposted = less(earned, pool.total_earned);
    return unposted <= terms.unposted_max && covered(unposted, pool, terms.cover_percent);
}

std::uint64_t mlpt_of(const Wei& tokens)
{
    constexpr std::uint64_t thousandth = 1'000'000'000'000'000;
    constexpr std::uint64_t most = 1'000'000'000'000;  // as bonds in the book
    const Wei whole = div_floor(tokens, Wei{thousandth});
    return whole > Wei{most} ? most : whole.limbs()[0];
}

}  // namespace millpond::chain
