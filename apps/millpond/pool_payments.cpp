#include "apps/millpond/pool_payments.hpp"

#include "apps/millpond/pool_chain.hpp"
#include "apps/millpond/pool_parts.hpp"
#include "edge/files/durable.hpp"
#include "edge/payments/livepeer_chain.hpp"
#include "edge/payments/payments_page.hpp"
#include "edge/payments/ticket_history.hpp"
#include "edge/store/secret_file.hpp"

#include <filesystem>

#include <spdlog/spdlog.h>

namespace millpond {
namespace {

/// A round is a day or less, and no ticket is worth anything two rounds after its own.
constexpr Duration history = std::chrono::hours{24 * 4};

std::string intents_file(std::uint64_t chain)
{
    return "intents_" + std::to_string(chain) + ".jsonl";
}

std::optional<Price> price_of(std::string_view text)
{
    const std::size_t slash = text.find('/');
    const auto per = parse_wei(text.substr(0, slash));
    const auto pixels =
        slash == std::string_view::npos ? std::optional{Wei{1}} : parse_wei(text.substr(slash + 1));
    if (!per || !pixels || pixels->is_zero() || *pixels > Wei{~std::uint64_t{0} >> 1U})
        return std::nullopt;
    return Price{.per = *per, .pixels = Pixels{pixels->limbs()[0]}};
}

Result<std::unique_ptr<PaymentChain>, Fault> connect(
    const PaymentParts& parts, const PoolConfig& config, const Address& recipient
)
{
    const auto& payments = config.payments;
    const auto controller = crypto::parse_address(payments.controller);
    if (!controller) return because(Fault{.what = "payments.controller is no address"});
    LivepeerChain::Settings settings{
        .nodes = payments.nodes,
        .chain_id = payments.chain_id,
        .controller = Address{*controller},
        .recipient = recipient,
        .poll = payments.poll,
        .spend_max = payments.redemption_spend_max,
        .redeem_gas_max = payments.rules.redeem_gas,
        .confirmations = payments.confirmations,
        .service_uri = parts.service_uri,
        .register_service = payments.register_service,
        .call_reward = payments.call_reward,
    };
    if (settings.nodes.empty())
        return because(Fault{.what = "payments.nodes: a pool on a chain needs one at least"});
    settings.told = [](const std::string& what) { spdlog::warn("chain: {}", what); };
    const std::uint64_t id = payments.chain_id;
    MILLPOND_TRY(auto account, parts.accounts.of(id, intents_file(id)));
    MILLPOND_TRY(
        auto chain,
        LivepeerChain::open(parts.loop, parts.signer, std::move(account), std::move(settings))
    );
    return chain;
}

}  // namespace

std::function<std::string()> Payments::page() const
{
    if (!desk) return [] { return std::string{R"({"balances":[],"winners":[],"chain":null})"}; };
    return [tickets = desk.get(), seen = chain.get()] {
        return payments_page(*tickets, seen->view());
    };
}

Result<std::map<Address, Price>, Fault> parse_prices(const std::vector<std::string>& items)
{
    std::map<Address, Price> prices;
    for (const std::string& item : items) {
        const std::size_t equals = item.find('=');
        const auto address = crypto::parse_address(item.substr(0, equals));
        const auto price =
            equals == std::string::npos ? std::nullopt : price_of(item.substr(equals + 1));
        if (!address || !price)
            return because(Fault{.what = "payments.prices: cannot read " + item});
        prices.emplace(Address{*address}, *price);
    }
    return prices;
}

Result<void, Fault> take_over_redemptions(const PoolConfig& config)
{
    constexpr std::size_t bytes_max = std::size_t{256} << 20U;
    const std::filesystem::path folder = config.data_dir;
    const std::filesystem::path old = folder / "redemptions";
    if (!config.payments.on_chain || !std::filesystem::exists(old)) return {};
    MILLPOND_TRY(const auto deployed, contracts_of(config));
    const bool shared = deployed && deployed->chain == config.payments.chain_id;
    const std::filesystem::path file =
        folder / (shared ? std::string{"intents.jsonl"} : intents_file(config.payments.chain_id));
    MILLPOND_TRY(std::string before, files::read_whole(old.string(), bytes_max));
    before.resize(before.rfind('\n') + 1);  // a line that a crash cut off was never sent
    std::string since;
    if (std::filesystem::exists(file)) {
        MILLPOND_TRY(since, files::read_whole(file.string(), bytes_max));
    }
    // After a crash between the two steps the lines are there already.
    if (!since.starts_with(before)) {
        if (const auto written = files::write_durably(file.string(), before + since); !written)
            return written;
    }
    std::error_code error;
    std::filesystem::rename(old, folder / "redemptions.taken", error);
    if (error) return because(Fault{.what = old.string() + ": " + error.message()});
    spdlog::info("redemptions of an earlier version go on in {}", file.string());
    return {};
}

Result<Payments, Fault> open_payments(
    const PaymentParts& parts, const PoolConfig& config, std::unique_ptr<PaymentChain> chain
)
{
    Payments payments;
    if (!config.payments.on_chain) return payments;
    TicketDesk::Settings settings{
        .recipient = Address{parts.signer.address()},
        .rules = config.payments.rules,
        .price = config.book.price,
    };
    if (!config.payments.recipient.empty()) {
        const auto recipient = crypto::parse_address(config.payments.recipient);
        if (!recipient) return because(Fault{.what = "payments.recipient is no address"});
        settings.recipient = Address{*recipient};
    }
    MILLPOND_TRY(settings.prices, parse_prices(config.payments.prices));
    const std::filesystem::path folder = config.data_dir;
    MILLPOND_TRY(settings.secret, store::load_or_make_secret(folder / "ticket_secret"));
    payments.chain = std::move(chain);
    if (!payments.chain) {
        MILLPOND_TRY(payments.chain, connect(parts, config, settings.recipient));
    }
    payments.desk = std::make_unique<TicketDesk>(
        parts.loop, parts.journal, *payments.chain, parts.metrics, std::move(settings)
    );
    payments.desk->on_journal_failed(parts.journal_failed);
    MILLPOND_TRY(
        const auto table, store::open_table(journal_location(config), store::Access::read)
    );
    const auto read = TicketHistory{*payments.desk}.read(*table, parts.loop.now() - history);
    if (!read) return because(read.error());
    payments.redeemer = std::make_unique<Redeemer>(
        *payments.chain,
        *payments.desk,
        [](const Hash32& ticket, const std::string& why) {
            spdlog::warn("winning ticket 0x{} is not redeemed yet: {}", to_hex(ticket), why);
        }
    );
    payments.chain->on_news([desk = payments.desk.get(), redeemer = payments.redeemer.get()] {
        desk->tick();
        redeemer->look();
    });
    spdlog::info(
        "gateways pay with tickets; {} winners wait for the chain", payments.desk->winners().size()
    );
    return payments;
}

}  // namespace millpond
