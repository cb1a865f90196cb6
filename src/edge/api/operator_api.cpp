#include "edge/api/operator_api.hpp"

#include "edge/api/book_pages.hpp"

#include <nlohmann/json.hpp>

namespace millpond {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

double OperatorApi::seconds_since(Time then) const
{
    return std::chrono::duration<double>(loop_.now() - then).count();
}

std::string OperatorApi::status() const
{
    const auto& pool = view_.pool;
    std::size_t in_flight = 0;
    for (const auto& [id, session] : pool.sessions.all())
        in_flight += session.in_flight.size();
    return dump({
        {"version", view_.version},
        {"service_uri", view_.service_uri},
        {"operator", view_.operator_address},
        {"uptime_seconds", seconds_since(view_.started)},
        {"draining", view_.draining()},
        {"sessions", pool.sessions.all().size()},
        {"sessions_max", pool.sessions.limits().sessions},
        {"segments_in_flight", in_flight},
        {"transcoders", pool.fleet.all().size()},
        {"transcoders_ready", pool.fleet.ready()},
    });
}

std::string OperatorApi::transcoders() const
{
    Json list = Json::array();
    for (const auto& [id, each] : view_.pool.fleet.all()) {
        list.push_back({
            {"id", id.value()},
            {"name", each.name},
            {"address", "0x" + to_hex(each.address.value())},
            {"kind", each.kind == fleet::Kind::ours ? "millpond" : "stock"},
            {"state", fleet::name_of(each.state)},
            {"sessions", each.sessions.size()},
            {"sessions_max", each.sessions_max},
            {"pixels_per_second", each.pixels_per_second},
            {"load", each.load},
            {"segments_done", each.done},
            {"troubles", each.troubles},
            {"joined_seconds_ago", seconds_since(each.joined)},
        });
    }
    return dump({{"transcoders", list}});
}

std::string OperatorApi::streams() const
{
    Json list = Json::array();
    for (const auto& [id, each] : view_.pool.sessions.all()) {
        const auto holder = view_.pool.fleet.holder(id);
        list.push_back({
            {"session", id.value()},
            {"manifest", each.manifest.value()},
            {"segments", each.segments},
            {"in_flight", each.in_flight.size()},
            {"transcoder", holder ? Json(holder->value()) : Json(nullptr)},
            {"opened_seconds_ago", seconds_since(each.opened)},
        });
    }
    return dump({{"streams", list}});
}

Task<void> OperatorApi::serve(net::Exchange& exchange)
{
    const std::string path = exchange.head().path;
    if (view_.desk != nullptr && OperatorDesk::handles(path)) {
        co_await view_.desk->serve(exchange);
    } else if (exchange.head().method != "GET") {
        std::ignore = co_await exchange.reply(405, "text/plain", "only GET\n");
    } else if (path == "/healthz") {
        std::ignore = co_await exchange.reply(200, "text/plain", "ok\n");
    } else if (path == "/readyz") {
        const bool ready = view_.pool.fleet.ready() > 0 && !view_.draining();
        std::ignore = co_await exchange.reply(
            ready ? 200 : 503, "text/plain", ready ? "ready\n" : "no transcoder is ready\n"
        );
    } else if (path == "/metrics") {
        view_.refresh();
        std::ignore =
            co_await exchange.reply(200, "text/plain; version=0.0.4", view_.metrics.text());
    } else if (path == "/api/v1/status") {
        std::ignore = co_await exchange.reply(200, "application/json", status());
    } else if (path == "/api/v1/transcoders") {
        std::ignore = co_await exchange.reply(200, "application/json", transcoders());
    } else if (path == "/api/v1/streams") {
        std::ignore = co_await exchange.reply(200, "application/json", streams());
    } else if (path == "/api/v1/payments" && view_.payments) {
        std::ignore = co_await exchange.reply(200, "application/json", view_.payments());
    } else {
        co_await serve_book(exchange);
    }
}

Task<void> OperatorApi::serve_book(net::Exchange& exchange)
{
    const std::string path = exchange.head().path;
    std::optional<std::string> page;
    if (view_.keeper != nullptr) page = api::book_page(*view_.keeper, path, loop_.now());
    if (page) {
        std::ignore = co_await exchange.reply(200, "application/json", *std::move(page));
    } else if (view_.epochs == nullptr || !co_await view_.epochs->serve_epoch(exchange)) {
        std::ignore = co_await exchange.reply(404, "text/plain", "no such page: " + path + "\n");
    }
}

}  // namespace millpond
