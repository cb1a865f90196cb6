// Money and bonds.
#include "sim/chain/chain_model.hpp"

#include <algorithm>

namespace millpond::sim {

ChainModel::Amount ChainModel::said(const Of<Amount>& root, int party)
{
    const auto found = root.find(at(party));
    return found == root.end() ? 0 : found->second;
}

ChainModel::Amount ChainModel::part(Amount amount, std::uint64_t bp)
{
    return amount / 10'000 * bp + amount % 10'000 * bp / 10'000;
}

std::string ChainModel::fund(Amount amount)
{
    if (amount == 0) return "NothingToDo";
    balance += amount;
    return "";
}

std::string ChainModel::withdraw_free(int who, Amount amount)
{
    if (who != 0) return "NotOperator";
    if (amount > balance - reserved) return "AboveFree";
    balance -= amount;
    return "";
}

std::string ChainModel::post(int who, const Root& root)
{
    if (who != 0) return "NotOperator";
    if (!roots.empty() && root.epoch != roots.back().epoch + 1) return "WrongEpoch";
    Amount total = 0;
    for (const auto& [party, earned] : root.earned)
        total += earned;
    if (total < total_earned) return "TotalFalls";
    if (reserved + (total - total_earned) > balance) return "NotFunded";
    reserved += total - total_earned;
    total_earned = total;
    roots.push_back(root);
    roots.back().posted_at = now;
    return "";
}

std::string ChainModel::claim(const Root& root, int worker)
{
    const Time hold = std::max(challenge, std::min(said(root.hold, worker), hold_max));
    if (now < root.posted_at + hold) return "StillHeld";
    Pay& of = pay[at(worker)];
    const Amount gone = of.claimed + of.forfeited + of.frozen;
    if (said(root.earned, worker) <= gone) return "NothingDue";
    const Amount due = said(root.earned, worker) - gone;
    of.claimed += due;
    of.received += due;
    take(due);
    return "";
}

std::string ChainModel::deposit_cover(Amount amount)
{
    if (amount == 0) return "NothingToDo";
    cover += amount;
    return "";
}

std::string ChainModel::request_cover(int who, Amount amount)
{
    if (who != 0) return "NotOperator";
    if (amount == 0) return "NothingToDo";
    if (cover_requested + amount > cover) return "AboveBond";
    cover_requested += amount;
    cover_requests.push_back({.amount = amount, .ready = now + cover_wait});
    return "";
}

std::string ChainModel::withdraw_cover(int who, std::size_t id)
{
    if (who != 0) return "NotOperator";
    if (id >= cover_requests.size() || cover_requests[id].amount == 0) return "NothingToDo";
    CoverRequest& request = cover_requests[id];
    if (now < request.ready) return "NotReady";
    cover_requested -= request.amount;
    cover -= std::min(request.amount, cover);
    request.amount = 0;
    return "";
}

std::string ChainModel::bond(int who, Amount amount)
{
    if (amount > tokens[at(who)]) return "ERC20InsufficientBalance";
    if (amount == 0) return "NothingToDo";
    tokens[at(who)] -= amount;
    bonds[at(who)].active += amount;
    return "";
}

std::string ChainModel::unbond(int who, Amount amount)
{
    Bond& of = bonds[at(who)];
    if (amount == 0) return "NothingToDo";
    if (amount > of.active) return "BelowActive";
    const Wei parts =
        of.unbonding == 0 ? Wei{amount} : *mul_div_floor(Wei{amount}, of.parts, Wei{of.unbonding});
    of.active -= amount;
    of.unbonding += amount;
    of.parts = *add(of.parts, parts);
    of.requests.push_back(
        {.parts = parts, .ready = now + (who == 0 ? 21 : 10) * day, .emptied = of.emptied}
    );
    return "";
}

std::string ChainModel::release(int who, std::size_t id)
{
    Bond& of = bonds[at(who)];
    if (id >= of.requests.size()) return "NothingToDo";
    Request& request = of.requests[id];
    if (request.parts.is_zero() || request.emptied != of.emptied) return "NothingToDo";
    if (now < request.ready) return "NotReady";
    const Amount amount = mul_div_floor(request.parts, Wei{of.unbonding}, of.parts)->limbs()[0];
    if (of.whole() - amount < of.locked) return "StillLocked";
    of.unbonding -= amount;
    of.parts = *subtract(of.parts, request.parts);
    request.parts = Wei{};
    tokens[at(who)] += amount;
    return "";
}

std::string ChainModel::take_bond(int who, Amount amount)
{
    Bond& of = bonds[at(who)];
    const Amount taken = std::min(amount, of.whole() - of.locked);
    if (taken == 0) return "NothingToDo";
    slash(of, taken);
    burned_tokens += taken;
    return "";
}

std::string ChainModel::equivocate(int who, std::uint64_t number)
{
    if (proven[number]) return "AlreadyProven";
    proven[number] = true;
    const Amount penalty = part(bonds[0].whole(), 1'000);
    const Amount reward = part(penalty, 500);
    burned_tokens += slash_now(penalty - reward);
    tokens[at(who)] += slash_now(reward);
    return "";
}

void ChainModel::take(Amount amount)
{
    balance -= amount;
    reserved -= amount;
}

void ChainModel::slash(Bond& of, Amount amount)
{
    const Amount from_active = std::min(amount, of.active);
    of.active -= from_active;
    if (amount == from_active) return;
    of.unbonding -= amount - from_active;
    if (of.unbonding > 0) return;
    of.parts = Wei{};
    ++of.emptied;
}

ChainModel::Amount ChainModel::slash_now(Amount amount)
{
    const Amount taken = std::min(amount, bonds[0].whole() - bonds[0].locked);
    slash(bonds[0], taken);
    return taken;
}

}  // namespace millpond::sim
