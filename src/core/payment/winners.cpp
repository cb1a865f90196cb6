#include "core/payment/winners.hpp"

#include "core/payment/redemption.hpp"
#include "core/payment/ticket.hpp"

#include <algorithm>

namespace millpond::payment {

Hash32 Winners::name_of(const WinningTicket& winner)
{
    const Ticket& ticket = winner.ticket;
    return ticket_hash(ticket.params, ticket.sender, ticket.signed_by_sender.nonce);
}

bool Winners::add(const WinningTicket& winner)
{
    const Hash32 name = name_of(winner);
    if (closed_.contains(name)) return false;
    auto& open = open_[winner.ticket.sender];
    if (std::ranges::find(open, name, name_of) != open.end()) return false;
    open.push_back(winner);
    return true;
}

bool Winners::close(const Hash32& ticket)
{
    for (auto sender = open_.begin(); sender != open_.end(); ++sender) {
        auto& open = sender->second;
        const auto found = std::ranges::find(open, ticket, name_of);
        if (found == open.end()) continue;
        closed_.emplace(ticket, found->ticket.params.round.number);
        open.erase(found);
        if (open.empty()) open_.erase(sender);
        return true;
    }
    return false;
}

void Winners::tick(std::uint64_t round)
{
    std::erase_if(closed_, [round](const auto& each) {
        return each.second + rounds_redeemable < round;
    });
}

std::vector<Address> Winners::senders() const
{
    std::vector<Address> found;
    found.reserve(open_.size());
    for (const auto& [sender, open] : open_)
        found.push_back(sender);
    return found;
}

std::vector<WinningTicket> Winners::of(const Address& sender) const
{
    const auto found = open_.find(sender);
    return found == open_.end() ? std::vector<WinningTicket>{} : found->second;
}

Wei Winners::owed_by(const Address& sender) const
{
    const auto found = open_.find(sender);
    Wei sum;
    if (found == open_.end()) return sum;
    for (const WinningTicket& each : found->second)
        sum = millpond::add(sum, each.ticket.params.face_value).value_or(Wei::max());
    return sum;
}

std::size_t Winners::size() const
{
    std::size_t count = 0;
    for (const auto& [sender, open] : open_)
        count += open.size();
    return count;
}

}  // namespace millpond::payment
