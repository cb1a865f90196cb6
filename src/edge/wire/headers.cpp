#include "edge/wire/headers.hpp"

#include "base/assert.hpp"
#include "crypto/digest.hpp"
#include "crypto/keccak.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace millpond::wire {
namespace {

Bytes word(std::uint64_t number)
{
    Bytes bytes(32, 0);
    for (std::size_t i = 0; i < 8; ++i)
        bytes[31 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    return bytes;
}

Bytes minimal(std::uint64_t number)
{
    Bytes bytes = word(number);
    bytes.erase(bytes.begin(), std::ranges::find_if(bytes, [](std::uint8_t b) { return b != 0; }));
    return bytes;
}

void append(Bytes& to, ByteView from)
{
    to.insert(to.end(), from.begin(), from.end());
}

struct Preset {
    std::string_view name;
    int width;
    int height;
    int bitrate;
    std::uint32_t fps;
};

constexpr std::array<Preset, 14> presets = {{
    {"P720p60fps16x9", 1280, 720, 6'000'000, 60},
    {"P720p30fps16x9", 1280, 720, 4'000'000, 30},
    {"P720p25fps16x9", 1280, 720, 3'500'000, 25},
    {"P720p30fps4x3", 960, 720, 3'500'000, 30},
    {"P576p30fps16x9", 1024, 576, 1'500'000, 30},
    {"P576p25fps16x9", 1024, 576, 1'500'000, 25},
    {"P360p30fps16x9", 640, 360, 1'200'000, 30},
    {"P360p25fps16x9", 640, 360, 1'000'000, 25},
    {"P360p30fps4x3", 480, 360, 1'000'000, 30},
    {"P240p30fps16x9", 426, 240, 600'000, 30},
    {"P240p25fps16x9", 426, 240, 600'000, 25},
    {"P240p30fps4x3", 320, 240, 600'000, 30},
    {"P144p30fps16x9", 256, 144, 400'000, 30},
    {"P144p25fps16x9", 256, 144, 400'000, 25},
}};

}  // namespace

Hash32 orchestrator_request_message(const crypto::AddressBytes& address)
{
    return crypto::keccak256(as_bytes(crypto::checksum_address(address)));
}

Bytes flatten(const SegData& segment)
{
    Bytes flat = segment.manifest;
    const auto seq = segment.seq;
    append(
        flat, word(seq < 0 ? ~static_cast<std::uint64_t>(seq) + 1 : static_cast<std::uint64_t>(seq))
    );
    Bytes hash = segment.hash;
    hash.resize(32, 0);
    append(flat, hash);
    for (const auto& rung : segment.ladder) {
        const Hash32 digest = crypto::keccak256(as_bytes(rung.name));
        append(flat, as_bytes(to_hex(ByteView{digest}.first(4))));
    }
    return flat;
}

Hash32 segment_message(const SegData& segment)
{
    return crypto::keccak256(flatten(segment));
}

Hash32 result_message(const std::vector<Hash32>& renditions)
{
    Bytes all;
    for (const auto& hash : renditions)
        append(all, hash);
    return crypto::keccak256(all);
}

AuthToken make_auth_token(
    const Hash32& secret, const std::string& session, std::int64_t expiration_s
)
{
    Bytes message;
    append(message, as_bytes(session));
    append(message, minimal(static_cast<std::uint64_t>(expiration_s)));
    const Hash32 token = crypto::hmac_sha256(secret, message);
    return {
        .token = Bytes(token.begin(), token.end()),
        .session = session,
        .expiration_s = expiration_s,
    };
}

std::string_view text_of(TokenRefusal refusal)
{
    switch (refusal) {
        case TokenRefusal::missing: return "missing auth token";
        case TokenRefusal::invalid: return "invalid auth token";
        case TokenRefusal::expired: return "expired auth token";
    }
    MILLPOND_ASSERT(false);
}

Result<std::string, TokenRefusal> check_auth_token(
    const Hash32& secret, const std::optional<AuthToken>& token, std::int64_t now_s
)
{
    if (!token) return because(TokenRefusal::missing);
    const AuthToken ours = make_auth_token(secret, token->session, token->expiration_s);
    if (!equal_in_constant_time(ours.token, token->token)) return because(TokenRefusal::invalid);
    if (now_s > token->expiration_s) return because(TokenRefusal::expired);
    return token->session;
}

std::string segment_header(const SegData& segment)
{
    return to_base64(encode(segment));
}

Result<SegData, Malformed> parse_segment_header(std::string_view text)
{
    const auto bytes = parse_base64(text);
    if (!bytes) return because(Malformed{"ErrorSegEncoding"});
    return parse<SegData>(*bytes);
}

std::string payment_header(const Payment& payment)
{
    return to_base64(encode(payment));
}

Result<Payment, Malformed> parse_payment_header(std::string_view text)
{
    const auto bytes = parse_base64(text);
    if (!bytes) return because(Malformed{"base64 decode error: illegal base64 data"});
    auto payment = parse<Payment>(*bytes);
    if (!payment) return because(Malformed{"protobuf unmarshal error: " + payment.error().what});
    return payment;
}

Capabilities transcoding_capabilities()
{
    Capabilities set = default_capabilities();
    for (const unsigned depth_and_chroma : {21U, 22U, 23U, 24U, 25U})
        add_capability(set, depth_and_chroma);
    set.version = node_version;
    return judgeable(set);
}

Capabilities job_capabilities(const Ladder& ladder, bool signatures)
{
    Capabilities set =
        capabilities_of({capability::h264, capability::auth_token, capability::slicing});
    if (signatures) add_capability(set, capability::video_signature);
    for (const auto& rung : ladder) {
        add_capability(
            set, rung.container == Container::mp4 ? capability::mp4 : capability::mpegts
        );
        if (rung.fps_den > 1) add_capability(set, capability::fractional_rates);
        if (rung.gop_ms != 0) add_capability(set, capability::gop);
        if (rung.encoder_profile != H264Profile::encoder_default) {
            add_capability(
                set, capability::baseline - 1 + static_cast<unsigned>(rung.encoder_profile)
            );
        }
    }
    return set;
}

std::string nodes_trailer(const std::vector<std::string>& nodes)
{
    std::string text;
    for (const std::string& node : nodes)
        text += (text.empty() ? "" : ",") + node;
    return text;
}

std::vector<std::string> parse_nodes_trailer(std::string_view text)
{
    constexpr std::size_t nodes_max = 64;
    std::vector<std::string> nodes;
    while (!text.empty() && nodes.size() < nodes_max) {
        const std::size_t comma = std::min(text.find(','), text.size());
        if (comma > 0) nodes.emplace_back(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return nodes;
}

std::optional<VideoProfile> preset_profile(std::string_view name)
{
    const auto* const found = std::ranges::find(presets, name, &Preset::name);
    if (found == presets.end()) return std::nullopt;
    return VideoProfile{
        .name = std::string{found->name},
        .width = found->width,
        .height = found->height,
        .bitrate = found->bitrate,
        .fps_num = found->fps,
    };
}

}  // namespace millpond::wire
