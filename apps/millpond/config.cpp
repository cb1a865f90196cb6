#include "apps/millpond/config.hpp"

#include <functional>
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

std::map<std::string, Setter> keys_of(PoolConfig& config)
{
    auto& limits = config.service.limits;
    auto& pool = config.pool;
    constexpr std::int64_t many = 1'000'000'000;
    return {
        {"data_dir", text(config.data_dir)},
        {"service.host", text(config.service.host)},
        {"service.port", whole(config.service.port, 0, 65'535)},
        {"service.uri", text(config.service_uri)},
        {"service.certificate_file", text(config.service.certificate_file)},
        {"service.key_file", text(config.service.key_file)},
        {"operator.host", text(config.operator_port.host)},
        {"operator.port", whole(config.operator_port.port, 0, 65'535)},
        {"transcoders.max", whole(config.transcoders_max, 1, many)},
        {"transcoders.secret", text(config.secret)},
        {"transcoders.stock", flag(config.stock)},
        {"threads.meter", whole(config.meter_threads, 1, 64)},
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
        {"verify.thresholds_file", text(config.thresholds_file)},
        {"timing.hedge_share", number(pool.timing.hedge_share, 0.05, 1)},
        {"timing.late_factor", number(pool.timing.late_factor, 1, 100)},
        {"timing.reserve_seconds", seconds(pool.timing.reserve)},
        {"timing.attempts_max", whole(pool.timing.attempts_max, 1, 100)},
    };
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
        const std::string where = path + ":" + std::to_string(node.source().begin.line) + ": ";
        const auto found = keys.find(name);
        if (found == keys.end()) return because(Fault{.what = where + "unknown key " + name});
        if (!found->second(node))
            return because(Fault{.what = where + "wrong type or range for " + name});
    }
    return {};
}

}  // namespace

Result<void, Fault> read_config(const std::string& path, PoolConfig& config)
{
    try {
        return apply(path, "", toml::parse_file(path), keys_of(config));
    } catch (const toml::parse_error& error) {
        const auto line = error.source().begin.line;
        return because(Fault{
            .what = path + ":" + std::to_string(line) + ": " + std::string{error.description()}
        });
    }
}

}  // namespace millpond
