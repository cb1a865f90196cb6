#include "edge/payments/internal/livepeer_contracts.hpp"

#include "core/chain/abi.hpp"
#include "core/chain/livepeer.hpp"
#include "core/payment/winners.hpp"

#include <algorithm>
#include <utility>

namespace millpond {
namespace {

constexpr std::uint64_t blocks_at_once = 1'000;
constexpr int redemptions_max = 3;  ///< of one ticket, each after the one before it failed

/// An address stands in a topic behind twelve zeros.
Address address_in(const Hash32& topic)
{
    std::array<std::uint8_t, 20> bytes{};
    std::copy(topic.begin() + 12, topic.end(), bytes.begin());
    return Address{bytes};
}

/// What the contract says that it will always say of this ticket.
Result<std::optional<Redemption>, Fault> ended_for_good(const Fault& fault)
{
    const auto says = [&fault](std::string_view text) {
        return fault.what.find(text) != std::string::npos;
    };
    if (says("ticket is used")) return std::optional{Redemption{.end = RedemptionEnd::used}};
    if (says("ticket creationRound does not have a block hash") || says("ticket is expired"))
        return std::optional{Redemption{.end = RedemptionEnd::lost}};
    return because(fault);
}

}  // namespace

LivepeerContracts::LivepeerContracts(
    chain::Node& node, chain::Sender& sender, const chain::Intents& intents, Settings settings
)
    : node_(node),
      sender_(sender),
      intents_(intents),
      settings_(settings)
{
}

/// Only what may have changed since the last look is asked for.
Result<LivepeerContracts::Look, Fault> LivepeerContracts::look()
{
    if (auto resolved = resolve(); !resolved) return because(resolved.error());
    Look look = last_.value_or(Look{});
    look.changed.clear();
    look.unsure = false;
    payment::ChainView& view = look.view;
    MILLPOND_TRY(const chain::Block head, node_.head());
    MILLPOND_TRY(const Wei tip, node_.tip());
    view.gas_price = add(head.base_fee, tip).value_or(Wei::max());
    MILLPOND_TRY(
        const std::uint64_t block, number(addresses_->rounds, chain::livepeer::block_number())
    );
    view.l1_block = Wei{block};
    MILLPOND_TRY(
        const std::uint64_t round,
        number(addresses_->rounds, chain::livepeer::last_initialized_round())
    );
    if (!last_ || view.round != round) {
        view.round = round;
        look.unsure = true;
        MILLPOND_TRY(view.ticket_round, ticket_round(round));
        MILLPOND_TRY(
            const Bytes answer,
            ask(addresses_->bonding, chain::livepeer::get_transcoder(settings_.recipient))
        );
        const auto active = chain::livepeer::active_rounds_of(answer);
        if (!active) return because(Fault{.what = "the bonding manager answered otherwise"});
        view.active = active->activation <= round && round < active->deactivation;
        look.last_reward = active->last_reward;
        MILLPOND_TRY(pool_size_, number(addresses_->bonding, chain::livepeer::pool_size()));
    }
    read_logs(head.number, look);
    last_ = look;
    return look;
}

/// Every event of the broker's names the sender that it is about first. What a node will not tell
/// is asked for again with the next look.
void LivepeerContracts::read_logs(std::uint64_t head, Look& look)
{
    const std::uint64_t from = logs_until_ ? *logs_until_ + 1 : head;
    if (!logs_until_ || head - std::min(head, *logs_until_) > blocks_at_once) {
        logs_until_ = head;
        look.unsure = true;
        return;
    }
    if (from > head) return;
    const auto logs = node_.logs({.contracts = {addresses_->broker}, .from = from, .to = head});
    if (!logs) return;
    logs_until_ = head;
    for (const chain::Log& log : *logs) {
        if (log.topics.size() > 1) look.changed.push_back(address_in(log.topics[1]));
    }
}

Result<payment::SenderFunds, Fault> LivepeerContracts::funds(const Address& sender)
{
    if (auto resolved = resolve(); !resolved) return because(resolved.error());
    MILLPOND_TRY(
        const Bytes answer, ask(addresses_->broker, chain::livepeer::get_sender_info(sender))
    );
    const auto info = chain::livepeer::sender_info_of(answer);
    if (!info) return because(Fault{.what = "the broker answered otherwise"});
    MILLPOND_TRY(
        const Wei by_us,
        amount(addresses_->broker, chain::livepeer::claimed_reserve(sender, settings_.recipient))
    );
    return payment::SenderFunds{
        .deposit = info->deposit,
        .reserve = info->reserve,
        .claimed_in_round = info->claimed_in_round,
        .claimed_by_us = by_us,
        .pool_size = pool_size_,
        .withdraw_round = info->withdraw_round,
    };
}

Result<std::optional<Redemption>, Fault> LivepeerContracts::redeem(
    const payment::WinningTicket& winner, std::uint64_t now
)
{
    if (auto resolved = resolve(); !resolved) return because(resolved.error());
    const std::string ticket = to_hex(payment::Winners::name_of(winner));
    const chain::Intent intent{
        .name = redemption_name(ticket),
        .to = addresses_->broker,
        .value = {},
        .data = chain::livepeer::redeem_winning_ticket(winner.ticket, winner.recipient_rand),
    };
    if (!sender_.knows(intent.name)) {
        const auto against = stands_against(winner, intent);
        if (!against) return ended_for_good(against.error());
    }
    auto step = sender_.advance(intent, now);
    if (!step) return ended_for_good(step.error());
    if (!step->ended) return std::optional<Redemption>{};
    if (step->ended->succeeded)
        return std::optional{
            Redemption{.end = RedemptionEnd::redeemed, .transaction = step->ended->transaction}
        };
    if (!intent.name.ends_with("/" + std::to_string(redemptions_max)))
        return std::optional<Redemption>{};
    return std::optional{
        Redemption{.end = RedemptionEnd::reverted, .transaction = step->ended->transaction}
    };
}

/// Asked of the chain right before a redemption is sent: what it would revert with, and whether it
/// would bring less than it says or than it takes.
Result<void, Fault> LivepeerContracts::stands_against(
    const payment::WinningTicket& winner, const chain::Intent& redemption
)
{
    const Address& sender = winner.ticket.sender;
    const Wei& face_value = winner.ticket.params.face_value;
    MILLPOND_TRY(const chain::Quote quote, sender_.quote(redemption));
    MILLPOND_TRY(const payment::SenderFunds now, funds(sender));
    MILLPOND_TRY(
        const Wei claimable,
        amount(addresses_->broker, chain::livepeer::claimable_reserve(sender, settings_.recipient))
    );
    const Wei brings = add(now.deposit, claimable).value_or(Wei::max());
    if (brings < face_value)
        return because(Fault{
            .what =
                "would bring " + to_text(brings) + " wei of a face value of " + to_text(face_value)
        });
    if (quote.gas > settings_.redeem_gas_max)
        return because(Fault{
            .what = "takes " + std::to_string(quote.gas) + " gas, of " +
                    std::to_string(settings_.redeem_gas_max) + " at most"
        });
    if (quote.most >= face_value)
        return because(Fault{
            .what = "costs up to " + to_text(quote.most) + " wei and brings " + to_text(face_value)
        });
    return {};
}

Result<std::string, Fault> LivepeerContracts::service_uri()
{
    if (auto resolved = resolve(); !resolved) return because(resolved.error());
    MILLPOND_TRY(
        const Bytes answer,
        ask(addresses_->services, chain::livepeer::get_service_uri(settings_.recipient))
    );
    const auto text = chain::AbiAnswer{answer}.bytes(0);
    if (!text) return because(Fault{.what = "the service registry answered otherwise"});
    return std::string{as_text(*text)};
}

Result<void, Fault> LivepeerContracts::set_service_uri(std::string_view uri, std::uint64_t now)
{
    if (auto resolved = resolve(); !resolved) return because(resolved.error());
    const auto step = sender_.advance(
        {.name = setting_name(uri),
         .to = addresses_->services,
         .value = {},
         .data = chain::livepeer::set_service_uri(uri)},
        now
    );
    if (!step) return because(step.error());
    return {};
}

bool LivepeerContracts::is_setting(std::string_view uri) const
{
    return sender_.knows(setting_name(uri));
}

Result<bool, Fault> LivepeerContracts::reward(std::uint64_t round, std::uint64_t now)
{
    if (auto resolved = resolve(); !resolved) return because(resolved.error());
    const std::string name = "reward/" + std::to_string(round);
    const auto step = sender_.advance(
        {.name = name, .to = addresses_->bonding, .value = {}, .data = chain::livepeer::reward()},
        now
    );
    if (!step) {
        if (step.error().what.find("already called reward") != std::string::npos) return true;
        return because(step.error());
    }
    return step->ended.has_value();
}

/// One that failed in its block is followed by another under a name of its own.
std::string LivepeerContracts::redemption_name(const std::string& ticket) const
{
    const std::string whole = "ticket/" + ticket;
    std::string name = whole;
    for (int again = 2; again <= redemptions_max; ++again) {
        const chain::Pursuit* pursuit = intents_.find(name);
        const bool failed = pursuit != nullptr && pursuit->ended && !pursuit->ended->succeeded;
        if (!failed) break;
        name = whole + "/" + std::to_string(again);
    }
    return name;
}

/// What was set once, changed elsewhere and is to be set again takes another transaction.
std::string LivepeerContracts::setting_name(std::string_view uri) const
{
    const std::string whole = "service/" + std::string{uri};
    std::string name = whole;
    for (int again = 2; sender_.is_over(name); ++again)
        name = whole + "/" + std::to_string(again);
    return name;
}

Result<Bytes, Fault> LivepeerContracts::ask(const Address& contract, Bytes call)
{
    return node_.call({.from = {}, .to = contract, .value = {}, .data = std::move(call)});
}

Result<Address, Fault> LivepeerContracts::contract(std::string_view name)
{
    MILLPOND_TRY(
        const Bytes answer, ask(settings_.controller, chain::livepeer::get_contract(name))
    );
    const auto address = chain::AbiAnswer{answer}.address(0);
    if (!address || *address == Address{})
        return because(Fault{.what = "the controller knows no " + std::string{name}});
    return *address;
}

Result<void, Fault> LivepeerContracts::resolve()
{
    if (addresses_) return {};
    Addresses found;
    MILLPOND_TRY(found.broker, contract("TicketBroker"));
    MILLPOND_TRY(found.rounds, contract("RoundsManager"));
    MILLPOND_TRY(found.bonding, contract("BondingManager"));
    MILLPOND_TRY(found.services, contract("ServiceRegistry"));
    addresses_ = found;
    return {};
}

Result<std::uint64_t, Fault> LivepeerContracts::number(const Address& contract, Bytes call)
{
    MILLPOND_TRY(const Bytes answer, ask(contract, std::move(call)));
    const auto value = chain::AbiAnswer{answer}.number(0);
    if (!value) return because(Fault{.what = "a contract answered with no number"});
    return *value;
}

Result<Wei, Fault> LivepeerContracts::amount(const Address& contract, Bytes call)
{
    MILLPOND_TRY(const Bytes answer, ask(contract, std::move(call)));
    const auto value = chain::AbiAnswer{answer}.amount(0);
    if (!value) return because(Fault{.what = "a contract answered with no amount"});
    return *value;
}

Result<Hash32, Fault> LivepeerContracts::block_hash(std::uint64_t round)
{
    MILLPOND_TRY(
        const Bytes answer, ask(addresses_->rounds, chain::livepeer::block_hash_for_round(round))
    );
    const auto word = chain::AbiAnswer{answer}.word(0);
    if (!word) return because(Fault{.what = "a round has no block hash"});
    return *word;
}

/// What tickets of that round are bound to; the round before where the chain has lost the hash.
Result<CreationRound, Fault> LivepeerContracts::ticket_round(std::uint64_t round)
{
    MILLPOND_TRY(const Hash32 hash, block_hash(round));
    if (hash != Hash32{} || round == 0) return CreationRound{round, hash};
    MILLPOND_TRY(const Hash32 before, block_hash(round - 1));
    return CreationRound{round - 1, before};
}

}  // namespace millpond
