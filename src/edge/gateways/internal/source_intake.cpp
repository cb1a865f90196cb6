#include "edge/gateways/internal/source_intake.hpp"

#include <charconv>

namespace millpond {

std::optional<std::size_t> length_of(const net::RequestHead& head)
{
    const auto length = head.headers.find("content-length");
    if (!length) return std::nullopt;
    std::size_t value = 0;
    const char* const first = length->data();
    const char* const last = first + length->size();
    const auto [end, error] = std::from_chars(first, last, value);
    if (error != std::errc{} || end != last) return std::nullopt;
    return value;
}

Task<void> SourceIntake::run(std::shared_ptr<net::Body> body, Hash32 expected)
{
    auto hash = hashes_.open();
    while (true) {
        const auto piece = co_await exchange_.read();
        if (!piece) {
            body->fail(
                {.what = piece.error().what == "body_bytes"
                             ? "Internal Server Error"
                             : "source broke off: " + piece.error().what}
            );
            break;
        }
        if ((*piece)->empty()) {
            const bool right = co_await hash.finish() == expected;
            if (right && body->arrived() > 0) {
                body->finish();
            } else {
                metrics_.count("millpond_segments_refused_total", {{"reason", "Forbidden"}});
                body->fail({.what = "Forbidden"});
            }
            break;
        }
        hash.update(*piece);
        body->append(*piece);
    }
    end();
}

Task<void> SourceIntake::fetch(
    ObjectStores& stores, std::string url, std::shared_ptr<net::Body> body, Hash32 expected
)
{
    const auto got = co_await stores.get(std::move(url));
    if (!got) {
        metrics_.count("millpond_store_failures_total", {{"of", "source"}});
        body->fail({.what = got.error().what});
    } else {
        auto hash = hashes_.open();
        hash.update(*got);
        const bool right = co_await hash.finish() == expected;
        if (right && !(*got)->empty()) {
            body->append(*got);
            body->finish();
        } else {
            metrics_.count("millpond_segments_refused_total", {{"reason", "Forbidden"}});
            body->fail({.what = "Forbidden"});
        }
    }
    end();
}

void SourceIntake::end()
{
    received_ = true;
    if (waiting_) waiting_.resume();
}

}  // namespace millpond
