#include "edge/settlement/contracts_of_pool.hpp"

#include "edge/chain/endpoint.hpp"
#include "edge/chain/views.hpp"
#include "edge/files/durable.hpp"
#include "edge/store/epoch_json.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace millpond {
namespace {

constexpr std::size_t document_bytes_max = std::size_t{256} << 20U;
constexpr Duration patience = std::chrono::seconds{5};

/// An address stands in a topic behind twelve zeros.
std::optional<Address> address_in(const Hash32& topic)
{
    constexpr std::size_t zeros = 12;
    if (std::any_of(topic.begin(), topic.begin() + zeros, [](auto each) { return each != 0; }))
        return std::nullopt;
    std::array<std::uint8_t, 20> bytes{};
    std::copy(topic.begin() + zeros, topic.end(), bytes.begin());
    return Address{bytes};
}

std::uint64_t unix_seconds()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count()
    );
}

}  // namespace

struct ContractsOfPool::Inside {
    Settings settings;
    std::unique_ptr<chain::Node> node;
    std::shared_ptr<chain::Intents> intents;
    std::optional<chain::Sender> sender;
    std::optional<chain::LogWatch> logs;
    std::optional<Prosecutor> prosecutor;
    std::uint64_t block = 0;  ///< that is looked at
    std::map<std::uint64_t, Published> known;
    Hash32 stamped{};  ///< the root, by what the vault keeps of it, whose own challenge is known
    std::uint64_t stamped_challenge = 0;

    Result<chain::PoolView, Fault> pool()
    {
        sender->go_on(unix_seconds());
        MILLPOND_TRY(const chain::Block head, node->head());
        const std::uint64_t deep = settings.sending.confirmations;
        block = std::max(head.number - std::min(head.number, deep), settings.deployed.block);
        MILLPOND_TRY(
            auto view, chain::view_pool(*node, settings.deployed.contracts, settings.pool, block)
        );
        view.displaced = sender->displaced().size();
        if (view.posted_at != 0) {
            MILLPOND_TRY(view.challenge, challenge_of(view));
        }
        return view;
    }

    /// The last root's own: terms may have changed since, and then its log says it.
    Result<std::uint64_t, Fault> challenge_of(const chain::PoolView& view)
    {
        MILLPOND_TRY(const auto own, published(view.last_epoch));
        if (!own || view.last_commit == Hash32{}) return view.challenge;
        if (view.last_commit == stamped) return stamped_challenge;
        const chain::EpochStamp stamp{
            .epoch = view.last_epoch,
            .posted_at = view.posted_at,
            .challenge = view.challenge,
            .audit_root = own->root.audit_root,
        };
        stamped_challenge = view.challenge;
        if (chain::commit_of(own->root, stamp) != view.last_commit) {
            const auto found = chain::find_stamp(*node, settings.deployed, own->root);
            if (!found && found.error().retryable) return because(found.error());
            if (found) stamped_challenge = found->challenge;
        }
        stamped = view.last_commit;
        return stamped_challenge;
    }

    Result<std::vector<Address>, Fault> changed()
    {
        std::set<Address> found;
        for (;;) {
            MILLPOND_TRY(const auto batch, logs->poll());
            if (!batch) return std::vector<Address>(found.begin(), found.end());
            for (const chain::Log& log : batch->logs) {
                for (const Hash32& topic : log.topics)
                    if (const auto address = address_in(topic)) found.insert(*address);
            }
            if (auto taken = logs->commit(*batch); !taken) return because(taken.error());
        }
    }

    Result<std::vector<chain::AccountView>, Fault> accounts(const std::vector<Address>& of)
    {
        std::vector<chain::AccountView> views;
        for (const Address& each : of) {
            MILLPOND_TRY(
                const auto view,
                chain::view_account(*node, settings.deployed.contracts, settings.pool, each, block)
            );
            views.push_back(view);
        }
        return views;
    }

    [[nodiscard]] std::filesystem::path path_of(std::uint64_t epoch) const
    {
        return settings.epochs / (std::to_string(epoch) + ".json");
    }

    [[nodiscard]] Result<settle::EpochDocument, Fault> document_of(std::uint64_t epoch) const
    {
        MILLPOND_TRY(const std::string text, files::read_whole(path_of(epoch), document_bytes_max));
        return store::parse_epoch(text);
    }

    Result<std::optional<Published>, Fault> published(std::uint64_t epoch)
    {
        if (const auto found = known.find(epoch); found != known.end())
            return std::optional{found->second};
        std::error_code error;
        if (!std::filesystem::exists(path_of(epoch), error)) return std::optional<Published>{};
        MILLPOND_TRY(const auto document, document_of(epoch));
        const Published read{.root = document.root, .seeds = document.audit.anchor};
        known.emplace(epoch, read);
        constexpr std::size_t kept = 1'000;
        if (known.size() > kept) known.erase(known.begin());
        return std::optional{read};
    }

    /// One that failed in its block is followed by another under a name of its own.
    [[nodiscard]] std::string name_of(const EpochRoot& root) const
    {
        const std::string whole =
            "root/" + to_hex(root.pool.value()) + "/" + std::to_string(root.epoch);
        std::string name = whole;
        for (int again = 2;; ++again) {
            const chain::Pursuit* pursuit = intents->find(name);
            const bool failed = pursuit != nullptr && pursuit->ended && !pursuit->ended->succeeded;
            if (!failed) return name;
            name = whole + "/" + std::to_string(again);
        }
    }

    Result<bool, Fault> post(const EpochRoot& root)
    {
        const chain::Intent intent{
            .name = name_of(root),
            .to = settings.deployed.contracts.fees,
            .data = chain::calls::post_root(root),
        };
        MILLPOND_TRY(const chain::Progress progress, sender->advance(intent, unix_seconds()));
        return progress.ended && progress.ended->succeeded;
    }
};

Result<std::unique_ptr<ContractsOfPool>, Fault> ContractsOfPool::open(
    chain::Account account, Settings settings, const crypto::PrivateKey& key
)
{
    auto inside = std::make_shared<Inside>();
    inside->settings = std::move(settings);
    const Settings& of = inside->settings;
    std::vector<std::unique_ptr<chain::Endpoint>> endpoints;
    for (const std::string& text : of.nodes) {
        MILLPOND_TRY(auto url, chain::parse_node_url(text));
        endpoints.push_back(chain::make_endpoint(std::move(url), patience));
    }
    inside->node = std::make_unique<chain::Node>(of.deployed.chain, std::move(endpoints));
    inside->intents = std::move(account.intents);
    auto own = crypto::PrivateKey::parse(key.bytes());
    auto seeds = crypto::PrivateKey::parse(key.bytes());
    if (!own || !seeds) return because(Fault{.what = "the operator's key cannot be used"});
    inside->sender.emplace(*inside->node, std::move(*own), *inside->intents, of.sending);
    if (of.cases) {
        inside->prosecutor.emplace(
            *of.cases,
            *inside->node,
            *inside->sender,
            *inside->intents,
            std::move(*seeds),
            Prosecutor::World{
                .document = [raw = inside.get()](std::uint64_t epoch
                            ) { return raw->document_of(epoch); }
            }
        );
    }
    MILLPOND_TRY(
        auto logs,
        chain::LogWatch::open(
            *inside->node,
            {.contracts = {of.deployed.contracts.bonds, of.deployed.contracts.fees},
             .from = of.deployed.block,
             .confirmations = of.sending.confirmations,
             .path = of.cursor}
        )
    );
    inside->logs.emplace(std::move(logs));
    return std::unique_ptr<ContractsOfPool>{
        new ContractsOfPool{std::move(account.thread), std::move(inside)}
    };
}

ContractsOfPool::ContractsOfPool(
    std::shared_ptr<net::Workers> thread, std::shared_ptr<Inside> inside
)
    : thread_(std::move(thread)),
      inside_(std::move(inside))
{
}

ContractsOfPool::~ContractsOfPool() = default;

Task<Result<chain::PoolView, Fault>> ContractsOfPool::pool()
{
    co_return co_await thread_->run([inside = inside_] { return inside->pool(); });
}

Task<Result<std::vector<Address>, Fault>> ContractsOfPool::changed()
{
    co_return co_await thread_->run([inside = inside_] { return inside->changed(); });
}

Task<Result<std::vector<chain::AccountView>, Fault>> ContractsOfPool::accounts(
    std::vector<Address> of
)
{
    co_return co_await thread_->run([inside = inside_, accounts = std::move(of)] {
        return inside->accounts(accounts);
    });
}

Task<Result<std::optional<PoolOnChain::Published>, Fault>> ContractsOfPool::published(
    std::uint64_t epoch
)
{
    co_return co_await thread_->run([inside = inside_, epoch] { return inside->published(epoch); });
}

Task<Result<bool, Fault>> ContractsOfPool::post(EpochRoot root)
{
    co_return co_await thread_->run([inside = inside_, root] { return inside->post(root); });
}

void ContractsOfPool::set_evidence_uri(std::string uri)
{
    if (inside_->prosecutor) inside_->prosecutor->set_uri(std::move(uri));
}

Task<Result<std::vector<chain::ChargeView>, Fault>> ContractsOfPool::prosecute(
    std::vector<chain::Charge> charges
)
{
    co_return co_await thread_->run([inside = inside_, charges = std::move(charges)]() {
        Result<std::vector<chain::ChargeView>, Fault> views{std::vector<chain::ChargeView>{}};
        if (inside->prosecutor)
            views = inside->prosecutor->step(charges, inside->block, unix_seconds());
        return views;
    });
}

}  // namespace millpond
