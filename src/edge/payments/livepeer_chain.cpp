#include "edge/payments/livepeer_chain.hpp"

#include "edge/chain/node.hpp"
#include "edge/chain/sender.hpp"
#include "edge/payments/internal/livepeer_contracts.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

namespace millpond {
namespace {

constexpr Duration patience = std::chrono::seconds{10};
constexpr Duration of_interest = std::chrono::minutes{10};  ///< that a sender is, unasked for
constexpr std::size_t looks_max = 64;                       ///< at new senders, at the same time

std::uint64_t unix_seconds()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count()
    );
}

/// A sender that somebody asked about not long ago.
struct OfInterest {
    Address sender;
    bool stale = false;  ///< looked at too long ago
};

/// What one look brought.
struct Seen {
    LivepeerContracts::Look look;
    std::vector<std::pair<Address, payment::SenderFunds>> funds;
    std::string trouble;  ///< the first there was
};

/// What the thread works with, and nobody else meanwhile.
class Bench {
public:
    using Settings = LivepeerChain::Settings;

    Bench(
        std::vector<std::unique_ptr<chain::Endpoint>> endpoints,
        crypto::PrivateKey key,
        std::shared_ptr<chain::Intents> intents,
        const Settings& settings
    )
        : node_(settings.chain_id, std::move(endpoints)),
          intents_(std::move(intents)),
          sender_(
              node_,
              std::move(key),
              *intents_,
              {.confirmations = settings.confirmations, .spend_max = settings.spend_max}
          ),
          contracts_(
              node_,
              sender_,
              *intents_,
              {.controller = settings.controller,
               .recipient = settings.recipient,
               .redeem_gas_max = settings.redeem_gas_max}
          ),
          settings_(settings)
    {
    }

    /// So that a pool that was restarted takes tickets from its first moment on.
    Result<payment::ChainView, Fault> first_look()
    {
        MILLPOND_TRY(const auto look, contracts_.look());
        return look.view;
    }

    /// Senders that may have changed are looked at again; a new round changes all of them.
    Result<Seen, Fault> look(const std::vector<OfInterest>& senders)
    {
        Seen seen;
        MILLPOND_TRY(seen.look, contracts_.look());
        for (const OfInterest& each : senders) {
            const bool changed = std::ranges::count(seen.look.changed, each.sender) > 0;
            if (!each.stale && !changed && !seen.look.unsure) continue;
            const auto found = contracts_.funds(each.sender);
            if (found) {
                seen.funds.emplace_back(each.sender, *found);
            } else {
                hear(seen, found.error().what);
            }
        }
        look_after_service(seen);
        look_after_reward(seen);
        return seen;
    }

    Result<payment::SenderFunds, Fault> funds(const Address& sender)
    {
        return contracts_.funds(sender);
    }

    Result<std::optional<Redemption>, Fault> redeem(const payment::WinningTicket& winner)
    {
        return contracts_.redeem(winner, unix_seconds());
    }

private:
    static void hear(Seen& seen, const std::string& trouble)
    {
        if (seen.trouble.empty()) seen.trouble = trouble;
    }

    /// Once a round, and while it is being put right.
    void look_after_service(Seen& seen)
    {
        const std::string& ours = settings_.service_uri;
        const std::uint64_t round = seen.look.view.round;
        if (ours.empty() || service_seen_ == round) return;
        const auto registered = contracts_.service_uri();
        if (!registered) return hear(seen, registered.error().what);
        const bool right = *registered == ours && !contracts_.is_setting(ours);
        const bool may = settings_.register_service && contracts_.signs_for_recipient();
        if (right || !may) service_seen_ = round;
        if (right) return;
        if (!may)
            return hear(
                seen,
                "the ServiceRegistry sends gateways to \"" + *registered + "\" instead of \"" +
                    ours + "\""
            );
        const auto step = contracts_.set_service_uri(ours, unix_seconds());
        if (!step) hear(seen, "service registry: " + step.error().what);
    }

    void look_after_reward(Seen& seen)
    {
        const std::uint64_t round = seen.look.view.round;
        if (!settings_.call_reward || !seen.look.view.active || rewarded_ == round) return;
        if (seen.look.last_reward >= round) {
            rewarded_ = round;
            return;
        }
        if (!contracts_.signs_for_recipient())
            return hear(seen, "only the recipient's own key can call its reward");
        const auto over = contracts_.reward(round, unix_seconds());
        if (!over) return hear(seen, "reward: " + over.error().what);
        if (*over) rewarded_ = round;
    }

    chain::Node node_;
    std::shared_ptr<chain::Intents> intents_;
    chain::Sender sender_;
    LivepeerContracts contracts_;
    Settings settings_;
    std::optional<std::uint64_t> service_seen_;  ///< the round in which it was right
    std::optional<std::uint64_t> rewarded_;      ///< the round that needs no more calls
};

}  // namespace

struct LivepeerChain::Inside {
    struct Known {
        payment::SenderFunds funds;
        Time seen;
        Time asked;
    };

    net::Loop& loop;
    Settings settings;
    std::shared_ptr<net::Workers> thread;
    std::shared_ptr<Bench> bench;
    std::optional<payment::ChainView> seen = std::nullopt;
    std::map<Address, Known> senders = {};
    std::size_t looks = 0;
    std::string trouble = {};  ///< that was told last
    std::function<void()> news = {};
    net::Loop::TimerId timer = 0;

    void know(const Address& sender, const payment::SenderFunds& funds)
    {
        Known& known = senders[sender];
        known.funds = funds;
        known.seen = loop.now();
        if (known.asked == Time{}) known.asked = known.seen;
    }

    [[nodiscard]] std::vector<OfInterest> of_interest_now()
    {
        const Time now = loop.now();
        std::erase_if(senders, [now](const auto& each) {
            return now - each.second.asked > of_interest;
        });
        std::vector<OfInterest> all;
        for (const auto& [sender, known] : senders)
            all.push_back({sender, now - known.seen > settings.funds_kept});
        return all;
    }

    /// The same trouble is told once.
    void tell(const std::string& what)
    {
        if (what != trouble && !what.empty() && settings.told) settings.told(what);
        trouble = what;
    }

    void take(const Result<Seen, Fault>& found)
    {
        if (!found) return tell(found.error().what);
        seen = found->look.view;
        for (const auto& [sender, funds] : found->funds)
            know(sender, funds);
        tell(found->trouble);
        if (news) news();
    }
};

namespace {

/// Again and again, as long as somebody has it.
template <typename Inside>
void look(const std::shared_ptr<Inside>& inside)
{
    inside->thread->submit(
        [bench = inside->bench, senders = inside->of_interest_now()] {
            return bench->look(senders);
        },
        [weak = std::weak_ptr{inside}](const Result<Seen, Fault>& found) {
            const auto live = weak.lock();
            if (!live) return;
            live->take(found);
            live->timer = live->loop.at(live->loop.now() + live->settings.poll, [weak] {
                if (const auto still = weak.lock()) look(still);
            });
        }
    );
}

}  // namespace

LivepeerChain::LivepeerChain(std::shared_ptr<Inside> inside) : inside_(std::move(inside)) {}

LivepeerChain::~LivepeerChain()
{
    inside_->news = {};
    inside_->loop.cancel(inside_->timer);
}

Result<std::unique_ptr<LivepeerChain>, Fault> LivepeerChain::open(
    net::Loop& loop, const crypto::PrivateKey& key, chain::Account account, Settings settings
)
{
    std::vector<std::unique_ptr<chain::Endpoint>> endpoints;
    for (const std::string& each : settings.nodes) {
        MILLPOND_TRY(auto url, chain::parse_node_url(each));
        endpoints.push_back(chain::make_endpoint(std::move(url), patience));
    }
    auto own = crypto::PrivateKey::parse(key.bytes());
    if (!own) return because(Fault{.what = "the operator's key cannot be used"});
    auto bench = std::make_shared<Bench>(
        std::move(endpoints), std::move(*own), std::move(account.intents), settings
    );
    auto inside = std::make_shared<Inside>(
        loop, std::move(settings), std::move(account.thread), std::move(bench)
    );
    // The thread has not begun with it yet.
    const auto first = inside->bench->first_look();
    if (first) {
        inside->seen = *first;
    } else {
        inside->tell(first.error().what);
    }
    look(inside);
    return std::unique_ptr<LivepeerChain>{new LivepeerChain{std::move(inside)}};
}

std::optional<payment::ChainView> LivepeerChain::view() const
{
    return inside_->seen;
}

Task<Result<payment::SenderFunds, Fault>> LivepeerChain::funds(Address sender)
{
    const auto inside = inside_;
    const auto known = inside->senders.find(sender);
    if (known != inside->senders.end()) {
        known->second.asked = inside->loop.now();
        co_return known->second.funds;
    }
    if (inside->looks >= looks_max)
        co_return because(Fault{.what = "too many new senders at once", .retryable = true});
    ++inside->looks;
    auto found = co_await inside->thread->run([bench = inside->bench, sender] {
        return bench->funds(sender);
    });
    --inside->looks;
    if (found) inside->know(sender, *found);
    co_return found;
}

Task<Result<std::optional<Redemption>, Fault>> LivepeerChain::redeem(payment::WinningTicket winner)
{
    const auto inside = inside_;
    const Address sender = winner.ticket.sender;
    auto step = co_await inside->thread->run([bench = inside->bench, winner = std::move(winner)] {
        return bench->redeem(winner);
    });
    if (!step || !*step) co_return step;
    // What it was paid from has changed.
    const auto found = co_await inside->thread->run([bench = inside->bench, sender] {
        return bench->funds(sender);
    });
    if (found) inside->know(sender, *found);
    co_return step;
}

void LivepeerChain::on_news(std::function<void()> then)
{
    inside_->news = std::move(then);
}

}  // namespace millpond
