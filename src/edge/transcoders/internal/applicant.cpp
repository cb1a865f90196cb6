#include "edge/transcoders/internal/applicant.hpp"

#include "crypto/digest.hpp"
#include "crypto/signature.hpp"
#include "edge/net/grpc.hpp"
#include "edge/wire/join_token.hpp"
#include "edge/wire/messages.hpp"

#include <algorithm>

namespace millpond {
namespace {

constexpr std::int64_t sessions_most = 1'000;

Task<void> refuse(net::Exchange& exchange, const Door& door, std::string text)
{
    door.metrics.count("millpond_joins_refused_total", {{"reason", text}});
    std::ignore = co_await net::finish_with(exchange, {net::GrpcCode::unknown, std::move(text)});
}

/// The transcoder that the request describes; a text when it may not come in.
Result<Applicant, std::string> applicant_of(
    const net::RequestHead& head, const wire::RegisterRequest& request, const Door& door
)
{
    if (request.capacity <= 0) return because(std::string{"zero capacity"});
    Applicant applicant;
    fleet::Transcoder& transcoder = applicant.transcoder;
    transcoder.sessions_max =
        static_cast<int>(std::min(std::int64_t{request.capacity}, sessions_most));
    transcoder.capabilities = judgeable(request.capabilities.value_or(default_capabilities()));
    if (const auto header = head.headers.find(wire::join_header_name)) {
        const auto join = check_join(*header, door);
        if (!join) return because(join.error());
        transcoder.kind = fleet::Kind::ours;
        transcoder.address = Address{join->address};
        transcoder.name = join->name;
        return applicant;
    }
    const std::string& secret = door.settings.secret;
    const bool knows =
        secret.empty() || equal_in_constant_time(as_bytes(request.secret), as_bytes(secret));
    const auto token = wire::check_join_token(door.settings.token_secret, request.secret);
    if (!door.settings.stock || (!knows && !token)) return because(std::string{"invalid secret"});
    transcoder.kind = fleet::Kind::stock;
    transcoder.name = token ? token->worker : "stock";
    if (token) transcoder.address = Address{token->address};
    applicant.credentials = token ? request.secret : secret;
    return applicant;
}

}  // namespace

Result<wire::Join, std::string> check_join(std::string_view header, const Door& door)
{
    const auto join = wire::parse_join_header(header);
    if (!join) return because("malformed join: " + join.error().what);
    const auto signer = crypto::recover_personal(wire::join_message(*join), join->signature);
    if (!signer || *signer != join->address) return because(std::string{"join sig check failed"});
    const std::string& certificate = door.settings.certificate;
    if (to_hex(join->pool_certificate) != certificate && !certificate.empty())
        return because(std::string{"join is for another pool"});
    const Time signed_at{std::chrono::milliseconds{join->signed_at_ms}};
    const Duration age = door.now - signed_at;
    if (std::chrono::abs(age) > door.settings.join_age_max)
        return because(std::string{"join is too old"});
    if (door.receipts != nullptr && !join->voucher.empty()) {
        const auto shown = door.receipts->check_shown(Address{join->address}, join->voucher);
        if (!shown) return because(shown.error());
    }
    return *join;
}

Task<std::optional<Applicant>> read_applicant(net::Exchange& exchange, Door door, Shut shut)
{
    const auto message = co_await net::read_message(exchange);
    if (!message) {
        std::ignore = co_await net::finish_with(exchange, message.error());
        co_return std::nullopt;
    }
    const auto request = wire::parse<wire::RegisterRequest>(*message);
    if (!request) {
        co_await refuse(exchange, door, "malformed request: " + request.error().what);
        co_return std::nullopt;
    }
    if (shut.closing) {
        std::ignore = co_await net::finish_with(
            exchange, {net::GrpcCode::unavailable, "the pool is closing"}
        );
        co_return std::nullopt;
    }
    if (shut.full) {
        door.metrics.count("millpond_joins_refused_total", {{"reason", "pool is full"}});
        std::ignore =
            co_await net::finish_with(exchange, {net::GrpcCode::unavailable, "the pool is full"});
        co_return std::nullopt;
    }
    auto applicant = applicant_of(exchange.head(), *request, door);
    if (!applicant) {
        co_await refuse(exchange, door, applicant.error());
        co_return std::nullopt;
    }
    co_return *std::move(applicant);
}

}  // namespace millpond
