#include "apps/millpond/config.hpp"

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>

#include <toml++/toml.h>

namespace millpond {
namespace {

using Setter = std::function<bool(const toml::node&)>;

Setter text(std::string& to)
{
    return [&to](const toml::node& node) {
        const auto value = node.value_exact<std::string>();
        if (value) to = *value;
        return value.has_value();
    };
}

Setter texts(std::vector<std::string>& to)
{
    return [&to](const toml::node& node) {
        const auto* array = node.as_array();
        if (array == nullptr) return false;
        to.clear();
        for (const toml::node& each : *array) {
            const auto value = each.value_exact<std::string>();
            if (!value) return false;
            to.push_back(*value);
        }
        return true;
    };
}

/// Where peers are sent: they take it as it is, so it has a scheme and no slash at its end.
Setter uris(std::vector<std::string>& to)
{
    return [&to, all = texts(to)](const toml::node& node) {
        return all(node) && std::ranges::all_of(to, [](const std::string& each) {
                   const bool scheme = each.starts_with("https://") || each.starts_with("http://");
                   return scheme && !each.ends_with('/') &&
                          each.find_first_of(", ") == std::string::npos;
               });
    };
}

Setter flag(bool& to)
{
    return [&to](const toml::node& node) {
        const auto value = node.value_exact<bool>();
        if (value) to = *value;
        return value.has_value();
    };
}

template <typename T>
Setter whole(T& to, std::int64_t least, std::int64_t most)
{
    return [&to, least, most](const toml::node& node) {
        const auto value = node.value_exact<std::int64_t>();
        if (!value || *value < least || *value > most) return false;
        to = static_cast<T>(*value);
        return true;
    };
}

Setter number(double& to, double least, double most)
{
    return [&to, least, most](const toml::node& node) {
        const auto value = node.value<double>();
        if (!value || *value < least || *value > most) return false;
        to = *value;
        return true;
    };
}

Setter seconds(Duration& to)
{
    return [&to](const toml::node& node) {
        const auto value = node.value<double>();
        if (!value || *value <= 0 || *value > 1e6) return false;
        to = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*value));
        return true;
    };
}

Setter wei(Wei& to)
{
    return [&to](const toml::node& node) {
        const auto value = node.value_exact<std::int64_t>();
        if (!value || *value < 0) return false;
        to = Wei{static_cast<std::uint64_t>(*value)};
        return true;
    };
}

Setter pixels(Pixels& to)
{
    return [&to](const toml::node& node) {
        const auto value = node.value_exact<std::int64_t>();
        if (!value || *value < 1) return false;
        to = Pixels{static_cast<std::uint64_t>(*value)};
        return true;
    };
}

Setter stream_class(StreamClass& to)
{
    return [&to](const toml::node& node) {
        const auto name = node.value_exact<std::string>();
        for (const StreamClass each : stream_classes) {
            if (!name || *name != name_of(each)) continue;
            to = each;
            return true;
        }
        return false;
    };
}

/// A number, or the name of a policy. Bounds are the rules' to judge, with both sides in numbers.
Setter parameter(Parameters& to, const ParameterRow& row)
{
    return [&to, &row](const toml::node& node) {
        if (names_a_policy(row)) {
            const auto name = node.value_exact<std::string>();
            const auto policy = name ? parse_policy_name(*name) : std::nullopt;
            if (policy) to.*row.field = static_cast<std::uint64_t>(*policy);
            return policy.has_value();
        }
        const auto value = node.value_exact<std::int64_t>();
        if (value && *value >= 0) to.*row.field = static_cast<std::uint64_t>(*value);
        return value && *value >= 0;
    };
}

using Keys = std::map<std::string, Setter>;

constexpr std::int64_t many = 1'000'000'000;

/// Where it listens, what it keeps and what it allows its peers.
Keys keys_of_service(PoolConfig& config)
{
    auto& limits = config.service.limits;
    return {
        {"data_dir", text(config.data_dir)},
        {"journal.location", text(config.journal)},
        {"service.host", text(config.service.host)},
        {"service.port", whole(config.service.port, 0, 65'535)},
        {"service.uri", text(config.service_uri)},
        {"service.nodes", uris(config.service_nodes)},
        {"service.certificate_file", text(config.service.certificate_file)},
        {"service.key_file", text(config.service.key_file)},
        {"operator.host", text(config.operator_port.host)},
        {"operator.key_file", text(config.operator_key_file)},
        {"operator.port", whole(config.operator_port.port, 0, 65'535)},
        {"transcoders.max", whole(config.transcoders_max, 1, many)},
        {"transcoders.secret", text(config.secret)},
        {"transcoders.stock", flag(config.stock)},
        {"sandbox.workers", whole(config.sandbox.workers, 1, 64)},
        {"sandbox.jobs_per_worker", whole(config.sandbox.jobs_per_worker, 1, 10'000)},
        {"sandbox.kept", whole(config.sandbox.kept, 0, 1'000)},
        {"sandbox.memory_bytes", whole(config.sandbox.memory_bytes, 64 << 20, 64LL << 30)},
        {"sandbox.cpu_seconds", seconds(config.sandbox.cpu)},
        {"sandbox.wall_seconds", seconds(config.sandbox.wall)},
        {"sandbox.patience_seconds", seconds(config.sandbox.patience)},
        {"threads.hash", whole(config.hash_threads, 1, 64)},
        {"limits.connections", whole(limits.connections, 1, many)},
        {"limits.connections_per_address", whole(limits.connections_per_address, 1, many)},
        {"limits.streams_per_connection", whole(limits.streams_per_connection, 1, 100'000)},
        {"limits.header_bytes", whole(limits.header_bytes, 16'384, 16 << 20)},
        {"limits.body_bytes", whole(limits.body_bytes, 1, many)},
        {"limits.window_bytes", whole(limits.window_bytes, 65'535, 64 << 20)},
        {"limits.handshake_seconds", seconds(limits.handshake)},
        {"limits.head_seconds", seconds(limits.head)},
        {"limits.idle_seconds", seconds(limits.idle)},
        {"limits.stall_seconds", seconds(limits.stall)},
        {"limits.body_rate_min", whole(limits.body_rate_min, 0, many)},
        {"limits.ping_seconds", seconds(limits.ping)},
    };
}

/// Stores of objects, our own and those that gateways may name.
Keys keys_of_store(PoolConfig& config)
{
    auto& stores = config.store.stores;
    return {
        {"store.url", text(stores.own.url)},
        {"store.bucket", text(stores.own.bucket)},
        {"store.region", text(stores.own.region)},
        {"store.access_key", text(stores.own.access_key)},
        {"store.secret_key_file", text(config.store.secret_key_file)},
        {"store.folder", text(stores.folder)},
        {"store.hosts", texts(stores.hosts)},
        {"store.certificates_file", text(stores.certificates_file)},
        {"store.put_seconds", seconds(stores.put_patience)},
        {"store.get_seconds", seconds(stores.get_patience)},
        {"store.threads", whole(stores.threads, 1, 64)},
    };
}

/// How segments are given, watched and looked at.
Keys keys_of_work(PoolConfig& config)
{
    auto& pool = config.pool;
    return {
        {"sessions.max", whole(pool.sessions.sessions, 1, many)},
        {"sessions.in_flight_max", whole(pool.sessions.in_flight_per_session, 1, 1'000)},
        {"sessions.profiles_max", whole(pool.sessions.profiles, 1, 64)},
        {"sessions.idle_seconds", seconds(pool.sessions.idle)},
        {"fleet.quarantine_first_seconds", seconds(pool.fleet.quarantine_first)},
        {"fleet.quarantine_max_seconds", seconds(pool.fleet.quarantine_max)},
        {"fleet.troubles_to_quarantine", whole(pool.fleet.troubles_to_quarantine, 1, 1'000)},
        {"verify.before_delivery", flag(pool.pictures.before_delivery)},
        {"verify.sample_ppm", whole(pool.pictures.rates.sample_ppm, 0, 1'000'000)},
        {"verify.whole_ppm", whole(pool.pictures.rates.whole_ppm, 0, 1'000'000)},
        {"verify.frames", whole(pool.pictures.rates.frames, 1, 1'000)},
        {"verify.evidence_copy", text(config.evidence_copy)},
        {"verify.thresholds_file", text(config.thresholds_file)},
        {"timing.hedge_share", number(pool.timing.hedge_share, 0.05, 1)},
        {"timing.late_factor", number(pool.timing.late_factor, 1, 100)},
        {"timing.reserve_seconds", seconds(pool.timing.reserve)},
        {"timing.attempts_max", whole(pool.timing.attempts_max, 1, 100)},
        {"timing.hedges_per_hundred", whole(pool.timing.hedges_per_hundred, 0, 1'000)},
        {"timing.hedges_saved_min", whole(pool.timing.hedges_saved_min, 0, 100'000)},
    };
}

/// What it is paid, what it pays and where.
Keys keys_of_money(PoolConfig& config)
{
    auto& payments = config.payments;
    return {
        {"book.keep", flag(config.book.keep)},
        {"book.price_wei", wei(config.book.price.per)},
        {"book.price_pixels", pixels(config.book.price.pixels)},
        {"book.stream_class", stream_class(config.book.stream_class)},
        {"book.tick_seconds", seconds(config.book.tick)},
        {"book.ticks", whole(config.book.ticks, 1, 1'000'000)},
        {"payments.on_chain", flag(payments.on_chain)},
        {"payments.recipient", text(payments.recipient)},
        {"payments.ticket_value_wei", wei(payments.rules.expected_value)},
        {"payments.face_value_max_wei", wei(payments.rules.face_value_max)},
        {"payments.redeem_gas", whole(payments.rules.redeem_gas, 1, many)},
        {"payments.expires_after_blocks", whole(payments.rules.expires_after_blocks, 2, 10'000)},
        {"payments.adjust_price", flag(payments.rules.adjust_price)},
        {"payments.prices", texts(payments.prices)},
        {"payments.nodes", texts(payments.nodes)},
        {"payments.chain_id", whole(payments.chain_id, 1, many)},
        {"payments.controller", text(payments.controller)},
        {"payments.poll_seconds", seconds(payments.poll)},
        {"payments.confirmations", whole(payments.confirmations, 0, 10'000)},
        {"payments.register_service", flag(payments.register_service)},
        {"payments.call_reward", flag(payments.call_reward)},
        {"payments.redemption_spend_max_wei", wei(payments.redemption_spend_max)},
        {"behind.orchestrators", texts(config.behind.orchestrators)},
        {"behind.secret", text(config.behind.secret)},
        {"behind.session_pixels_per_second",
         whole(config.behind.session_pixels_per_second, 1, 1'000 * many)},
        {"chain.nodes", texts(config.chain.nodes)},
        {"chain.deployed_file", text(config.chain.deployed_file)},
        {"chain.confirmations", whole(config.chain.confirmations, 0, 10'000)},
        {"chain.poll_seconds", seconds(config.chain.poll)},
        {"chain.spend_max_wei", wei(config.chain.spend_max)},
        {"chain.open_cases", flag(config.chain.terms.opens_cases)},
        {"chain.cases_spend_max_wei", wei(config.chain.cases_spend_max)},
        {"chain.unposted_early_wei", wei(config.chain.terms.unposted_early)},
        {"chain.unposted_max_wei", wei(config.chain.terms.unposted_max)},
        {"chain.gas_least_wei", wei(config.chain.terms.gas_least)},
        {"chain.cover_percent", whole(config.chain.terms.cover_percent, 100, 1'000)},
        {"policy.attacks_file", text(config.attacks_file)},
    };
}

Keys keys_of(PoolConfig& config)
{
    Keys keys = keys_of_service(config);
    keys.merge(keys_of_store(config));
    keys.merge(keys_of_work(config));
    keys.merge(keys_of_money(config));
    for (const ParameterRow& row : parameter_rows()) {
        keys.emplace("policy." + std::string{row.name}, parameter(config.policy, row));
    }
    return keys;
}

Fault fault_at(std::uint32_t line, const std::string& path, std::string_view what)
{
    return {.what = path + ":" + std::to_string(line) + ": " + std::string{what}};
}

Result<void, Fault> apply(
    const std::string& path,
    const std::string& prefix,
    const toml::table& table,
    const std::map<std::string, Setter>& keys
)
{
    for (const auto& [key, node] : table) {
        const std::string name = prefix + std::string{key.str()};
        if (const auto* inner = node.as_table()) {
            const auto applied = apply(path, name + ".", *inner, keys);
            if (!applied) return applied;
            continue;
        }
        const auto line = node.source().begin.line;
        const auto found = keys.find(name);
        if (found == keys.end()) return because(fault_at(line, path, "unknown key " + name));
        if (!found->second(node))
            return because(fault_at(line, path, "wrong type or range for " + name));
    }
    return {};
}

}  // namespace

Result<void, Fault> read_config(const std::string& path, PoolConfig& config)
{
    std::ifstream in{path, std::ios::binary};
    if (!in) return because(Fault{.what = path + ": cannot be read"});
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    return parse_config(text, path, config);
}

Result<void, Fault> parse_config(std::string_view text, const std::string& path, PoolConfig& config)
{
    try {
        return apply(path, "", toml::parse(text, path), keys_of(config));
    } catch (const toml::parse_error& error) {
        return because(fault_at(error.source().begin.line, path, error.description()));
    }
}

}  // namespace millpond
