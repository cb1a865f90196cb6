#include "edge/payments/livepeer_chain.hpp"

#include "core/chain/abi.hpp"
#include "core/chain/livepeer.hpp"
#include "core/payment/winners.hpp"
#include "edge/chain/node.hpp"
#include "edge/chain/sender.hpp"
#include "edge/net/workers.hpp"

#include <chrono>
#include <map>
#include <utility>

namespace millpond {
namespace {

constexpr Duration patience = std::chrono::seconds{10};
constexpr Duration of_interest = std::chrono::minutes{10};  ///< that a sender is, unasked for
constexpr std::size_t looks_max = 64;                       ///< at new senders, at the same time

struct Addresses {
    Address broker;
    Address rounds;
    Address bonding;
};

/// What the thread works with, and nobody else meanwhile.
struct Bench {
    Bench(std::uint64_t chain, std::vector<std::unique_ptr<chain::Endpoint>> endpoints)
        : node(chain, std::move(endpoints))
    {
    }

    chain::Node node;
    std::optional<chain::Intents> intents;
    std::optional<chain::Sender> sender;
    LivepeerChain::Settings settings;
    std::optional<Addresses> addresses;
    std::uint64_t pool_size = 0;

    Result<Bytes, Fault> ask(const Address& contract, Bytes call)
    {
        return node.call({.from = {}, .to = contract, .value = {}, .data = std::move(call)});
    }

    Result<Address, Fault> contract(std::string_view name)
    {
        MILLPOND_TRY(
            const Bytes answer, ask(settings.controller, chain::livepeer::get_contract(name))
        );
        const auto address = chain::AbiAnswer{answer}.address(0);
        if (!address || *address == Address{})
            return because(Fault{.what = "the controller knows no " + std::string{name}});
        return *address;
    }

    Result<void, Fault> resolve()
    {
        if (addresses) return {};
        Addresses found;
        MILLPOND_TRY(found.broker, contract("TicketBroker"));
        MILLPOND_TRY(found.rounds, contract("RoundsManager"));
        MILLPOND_TRY(found.bonding, contract("BondingManager"));
        addresses = found;
        return {};
    }

    Result<std::uint64_t, Fault> number(const Address& contract, Bytes call)
    {
        MILLPOND_TRY(const Bytes answer, ask(contract, std::move(call)));
        const auto value = chain::AbiAnswer{answer}.number(0);
        if (!value) return because(Fault{.what = "a contract answered with no number"});
        return *value;
    }

    Result<Hash32, Fault> block_hash(std::uint64_t round)
    {
        MILLPOND_TRY(
            const Bytes answer, ask(addresses->rounds, chain::livepeer::block_hash_for_round(round))
        );
        const auto word = chain::AbiAnswer{answer}.word(0);
        if (!word) return because(Fault{.what = "a round has no block hash"});
        return *word;
    }

    /// What tickets of that round are bound to; the round before where the chain has lost the hash.
    Result<CreationRound, Fault> ticket_round(std::uint64_t round)
    {
        MILLPOND_TRY(const Hash32 hash, block_hash(round));
        if (hash != Hash32{} || round == 0) return CreationRound{round, hash};
        MILLPOND_TRY(const Hash32 before, block_hash(round - 1));
        return CreationRound{round - 1, before};
    }

    /// Only what may have changed since `last` is asked for.
    Result<payment::ChainView, Fault> look(const std::optional<payment::ChainView>& last)
    {
        if (auto resolved = resolve(); !resolved) return because(resolved.error());
        payment::ChainView view = last.value_or(payment::ChainView{});
        MILLPOND_TRY(const chain::Block head, node.head());
        MILLPOND_TRY(const Wei tip, node.tip());
        view.gas_price = add(head.base_fee, tip).value_or(Wei::max());
        MILLPOND_TRY(
            const std::uint64_t block, number(addresses->rounds, chain::livepeer::block_number())
        );
        view.l1_block = Wei{block};
        MILLPOND_TRY(
            const std::uint64_t round,
            number(addresses->rounds, chain::livepeer::last_initialized_round())
        );
        if (last && last->round == round) return view;
        view.round = round;
        MILLPOND_TRY(view.ticket_round, ticket_round(round));
        MILLPOND_TRY(
            const Bytes answer,
            ask(addresses->bonding, chain::livepeer::get_transcoder(settings.recipient))
        );
        const auto active = chain::livepeer::active_rounds_of(answer);
        if (!active) return because(Fault{.what = "the bonding manager answered otherwise"});
        view.active = active->activation <= round && round < active->deactivation;
        MILLPOND_TRY(pool_size, number(addresses->bonding, chain::livepeer::pool_size()));
        return view;
    }

    Result<payment::SenderFunds, Fault> funds(const Address& sender_address)
    {
        if (auto resolved = resolve(); !resolved) return because(resolved.error());
        MILLPOND_TRY(
            const Bytes answer,
            ask(addresses->broker, chain::livepeer::get_sender_info(sender_address))
        );
        const auto info = chain::livepeer::sender_info_of(answer);
        MILLPOND_TRY(
            const Bytes claimed,
            ask(addresses->broker,
                chain::livepeer::claimed_reserve(sender_address, settings.recipient))
        );
        const auto by_us = chain::AbiAnswer{claimed}.amount(0);
        if (!info || !by_us) return because(Fault{.what = "the broker answered otherwise"});
        return payment::SenderFunds{
            .deposit = info->deposit,
            .reserve = info->reserve,
            .claimed_in_round = info->claimed_in_round,
            .claimed_by_us = *by_us,
            .pool_size = pool_size,
            .withdraw_round = info->withdraw_round,
        };
    }

    Result<std::optional<Redemption>, Fault> redeem(const payment::WinningTicket& winner)
    {
        if (auto resolved = resolve(); !resolved) return because(resolved.error());
        const Hash32 ticket = payment::Winners::name_of(winner);
        const chain::Intent intent{
            .name = "ticket/" + to_hex(ticket),
            .to = addresses->broker,
            .value = {},
            .data = chain::livepeer::redeem_winning_ticket(winner.ticket, winner.recipient_rand),
        };
        const auto* pursuit = intents->find(intent.name);
        if (pursuit == nullptr || pursuit->attempts.empty()) {
            MILLPOND_TRY(
                const Bytes used, ask(addresses->broker, chain::livepeer::used_tickets(ticket))
            );
            if (chain::AbiAnswer{used}.flag(0).value_or(false))
                return std::optional{Redemption{.end = RedemptionEnd::used}};
        }
        const auto now = std::chrono::duration_cast<std::chrono::seconds>(
            std::chrono::system_clock::now().time_since_epoch()
        );
        auto step = sender->advance(intent, static_cast<std::uint64_t>(now.count()));
        if (!step) return ended_for_good(step.error());
        if (step->stage != chain::Stage::confirmed || !step->ended)
            return std::optional<Redemption>{};
        return std::optional{Redemption{
            .end = step->ended->succeeded ? RedemptionEnd::redeemed : RedemptionEnd::reverted,
            .transaction = step->ended->transaction,
        }};
    }

    /// What the contract says that it will always say of this ticket.
    static Result<std::optional<Redemption>, Fault> ended_for_good(const Fault& fault)
    {
        const auto says = [&fault](std::string_view text) {
            return fault.what.find(text) != std::string::npos;
        };
        if (says("ticket is used")) return std::optional{Redemption{.end = RedemptionEnd::used}};
        if (says("ticket creationRound does not have a block hash") || says("ticket is expired"))
            return std::optional{Redemption{.end = RedemptionEnd::lost}};
        return because(fault);
    }
};

}  // namespace

struct LivepeerChain::Inside {
    Inside(net::Loop& on, std::unique_ptr<Bench> with)
        : loop(on),
          settings(with->settings),
          bench(std::move(with)),
          worker(on, {.name = "chain"})
    {
    }

    struct Known {
        payment::SenderFunds funds;
        Time seen;
        Time asked;
    };

    net::Loop& loop;
    Settings settings;
    std::unique_ptr<Bench> bench;
    net::Workers worker;  ///< one thread, so that jobs have the bench one after another
    std::optional<payment::ChainView> seen;
    std::map<Address, Known> senders;
    std::size_t looks = 0;
    std::function<void()> news;
    net::Loop::TimerId timer = 0;

    Task<Result<payment::SenderFunds, Fault>> look_up(Address sender)
    {
        if (looks >= looks_max)
            co_return because(Fault{.what = "too many new senders at once", .retryable = true});
        ++looks;
        auto found = co_await worker.run([this, &sender] { return bench->funds(sender); });
        --looks;
        if (found) {
            Known& known = senders[sender];
            known.funds = *found;
            known.seen = loop.now();
            if (known.asked == Time{}) known.asked = known.seen;
        }
        co_return found;
    }

    /// Those that are still of interest are looked at again; a new round changes all of them.
    Task<void> refresh(bool all)
    {
        std::erase_if(senders, [this](const auto& each) {
            return loop.now() - each.second.asked > of_interest;
        });
        std::vector<Address> stale;
        for (const auto& [sender, known] : senders) {
            if (all || loop.now() - known.seen > settings.funds_kept) stale.push_back(sender);
        }
        for (const Address& sender : stale) {
            const auto found = co_await look_up(sender);
            if (!found && settings.told) settings.told(found.error().what);
        }
    }

    Task<void> look(std::shared_ptr<Inside> self)
    {
        const auto last = seen;
        const auto view = co_await worker.run([this, &last] { return bench->look(last); });
        if (view) {
            seen = *view;
            co_await refresh(!last || last->round != view->round);
            if (news) news();
        } else if (settings.told) {
            settings.told(view.error().what);
        }
        arm(self);
    }

    void arm(const std::shared_ptr<Inside>& self)
    {
        timer = loop.at(loop.now() + settings.poll, [weak = std::weak_ptr{self}] {
            if (const auto live = weak.lock()) spawn(live->look(live));
        });
    }
};

LivepeerChain::LivepeerChain(std::shared_ptr<Inside> inside) : inside_(std::move(inside)) {}

LivepeerChain::~LivepeerChain()
{
    inside_->news = {};
    inside_->loop.cancel(inside_->timer);
}

Result<std::unique_ptr<LivepeerChain>, Fault> LivepeerChain::open(
    net::Loop& loop, const crypto::PrivateKey& key, Settings settings
)
{
    std::vector<std::unique_ptr<chain::Endpoint>> endpoints;
    for (const std::string& each : settings.nodes) {
        MILLPOND_TRY(auto url, chain::parse_node_url(each));
        endpoints.push_back(chain::make_endpoint(std::move(url), patience));
    }
    auto bench = std::make_unique<Bench>(settings.chain_id, std::move(endpoints));
    MILLPOND_TRY(auto intents, chain::Intents::open(settings.intents_file));
    bench->intents.emplace(std::move(intents));
    bench->sender.emplace(
        bench->node,
        *crypto::PrivateKey::parse(key.bytes()),
        *bench->intents,
        chain::SenderSettings{
            .confirmations = settings.confirmations, .spend_max = settings.spend_max
        }
    );
    bench->settings = std::move(settings);
    auto inside = std::make_shared<Inside>(loop, std::move(bench));
    spawn(inside->look(inside));
    return std::unique_ptr<LivepeerChain>{new LivepeerChain{std::move(inside)}};
}

std::optional<payment::ChainView> LivepeerChain::view() const
{
    return inside_->seen;
}

Task<Result<payment::SenderFunds, Fault>> LivepeerChain::funds(Address sender)
{
    const auto known = inside_->senders.find(sender);
    if (known == inside_->senders.end()) {
        auto found = co_await inside_->look_up(sender);
        co_return found;
    }
    known->second.asked = inside_->loop.now();
    co_return known->second.funds;
}

Task<Result<std::optional<Redemption>, Fault>> LivepeerChain::redeem(payment::WinningTicket winner)
{
    const auto inside = inside_;
    auto step =
        co_await inside->worker.run([&inside, &winner] { return inside->bench->redeem(winner); });
    // What it was paid from has changed.
    if (step && *step) std::ignore = co_await inside->look_up(winner.ticket.sender);
    co_return step;
}

void LivepeerChain::on_news(std::function<void()> then)
{
    inside_->news = std::move(then);
}

}  // namespace millpond
