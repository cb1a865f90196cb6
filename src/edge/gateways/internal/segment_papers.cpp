#include "edge/gateways/internal/segment_papers.hpp"

#include "crypto/signature.hpp"
#include "edge/wire/headers.hpp"

#include <algorithm>

namespace millpond {
namespace {

constexpr std::int32_t duration_default_ms = 2'000;

}  // namespace

Result<SegmentPapers, HttpRefusal> read_papers(const net::RequestHead& head, Duration duration_max)
{
    auto payment = wire::parse_payment_header(head.headers.find("livepeer-payment").value_or(""));
    if (!payment) return because(HttpRefusal{402, payment.error().what});
    auto data = wire::parse_segment_header(head.headers.find("livepeer-segment").value_or(""));
    if (!data) return because(HttpRefusal{403, data.error().what});
    const std::int32_t duration_ms =
        data->duration_ms == 0 ? duration_default_ms : data->duration_ms;
    const Duration duration = std::chrono::milliseconds{duration_ms};
    if (duration_ms < 0 || duration > duration_max)
        return because(HttpRefusal{403, "invalid duration"});
    return SegmentPapers{
        .payment = *std::move(payment),
        .data = *std::move(data),
        .duration = duration,
        .by_address = head.headers.find("content-type") == "application/vnd+livepeer.uri",
    };
}

Result<SessionId, HttpRefusal> check_papers(
    const SegmentPapers& papers,
    const Capabilities& provided,
    const Hash32& token_secret,
    std::int64_t now_s
)
{
    const auto job = papers.data.capabilities.value_or(wire::Capabilities{});
    if (!compatible(job, provided)) return because(HttpRefusal{403, "incompatible capabilities"});
    const auto& token = papers.data.auth_token;
    const auto session = wire::check_auth_token(token_secret, token, now_s);
    if (!session) return because(HttpRefusal{403, std::string{wire::text_of(session.error())}});
    if (papers.data.hash.size() != 32) return because(HttpRefusal{403, "Forbidden"});
    return SessionId{*session};
}

bool signed_by_sender(const SegmentPapers& papers)
{
    const Bytes& signature = papers.data.signature;
    const Bytes& sender = papers.payment.sender;
    if (signature.empty() && sender.empty()) return true;
    const auto signer = crypto::recover_personal(wire::segment_message(papers.data), signature);
    return signer && std::ranges::equal(*signer, sender);
}

Address address_of(const Bytes& bytes)
{
    crypto::AddressBytes address{};
    if (bytes.size() == address.size()) std::ranges::copy(bytes, address.begin());
    return Address{address};
}

Segment segment_of(const SegmentPapers& papers, SegmentId id, Time now)
{
    Segment segment;
    segment.id = std::move(id);
    segment.manifest = ManifestId{std::string{as_text(papers.data.manifest)}};
    segment.duration = papers.duration;
    std::ranges::copy(papers.data.hash, segment.source_hash.begin());
    segment.ladder = papers.data.ladder;
    segment.wants_signatures = papers.data.calc_perceptual_hash;
    segment.needs = of_transcoder(papers.data.capabilities.value_or(Capabilities{}));
    if (segment.wants_signatures) add_capability(segment.needs, capability::video_signature);
    segment.arrived = now;
    segment.gateway = address_of(papers.payment.sender);
    segment.gateway_signature = papers.data.signature;
    return segment;
}

}  // namespace millpond
