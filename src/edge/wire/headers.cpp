#include "edge/wire/headers.hpp"

#include "base/assert.hpp"
#include "crypto/digest.hpp"
#include "crypto/keccak.hpp"

#include <algorithm>
#include <array>
#include <charconv>
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

Capabilities from_numbers(std::initializer_list<unsigned> numbers)
{
    Capabilities set{.has_constraints = true};
    for (const unsigned number : numbers) {
        set.bits.resize(std::max<std::size_t>(set.bits.size(), number / 64 + 1));
        set.bits[number / 64] |= std::uint64_t{1} << (number % 64);
    }
    return set;
}

bool contains(const std::vector<std::uint64_t>& whole, const std::vector<std::uint64_t>& part)
{
    if (part.size() > whole.size()) return false;
    for (std::size_t i = 0; i < part.size(); ++i) {
        if ((part[i] & ~whole[i]) != 0) return false;
    }
    return true;
}

/// x.y.z without what follows a '-' or '+'; nothing where that is not a version.
std::optional<std::array<unsigned, 3>> parse_version(std::string_view text)
{
    if (text.starts_with('v')) text.remove_prefix(1);
    text = text.substr(0, text.find_first_of("-+"));
    std::array<unsigned, 3> version{};
    for (std::size_t i = 0; i < version.size(); ++i) {
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), version[i]);
        if (error != std::errc{}) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (i == 2) break;
        if (!text.starts_with('.')) return std::nullopt;
        text.remove_prefix(1);
    }
    return text.empty() ? std::optional{version} : std::nullopt;
}

bool version_suffices(const std::string& least, const std::string& provided)
{
    if (least.empty()) return true;
    if (provided.empty() || provided == "undefined") return false;
    const auto wanted = parse_version(least);
    if (!wanted) return true;
    const auto given = parse_version(provided);
    return given && *given >= *wanted;
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
    // Without 5 and 6: object stores, which we do not upload to.
    Capabilities set =
        from_numbers({0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 14, 21, 22, 23, 24, 25, 26});
    for (unsigned number = 0; number < 64 * set.bits.size(); ++number) {
        if (has_capability(set, number)) set.capacities[number] = 1;
    }
    set.version = "0.9.1";
    return set;
}

bool has_capability(const Capabilities& set, unsigned capability)
{
    const std::size_t index = capability / 64;
    return index < set.bits.size() && ((set.bits[index] >> (capability % 64)) & 1U) != 0;
}

Capabilities job_capabilities(const Ladder& ladder, bool signatures)
{
    Capabilities set = from_numbers({0, 12, 26});
    const auto add = [&](unsigned number) { set.bits[0] |= std::uint64_t{1} << number; };
    if (signatures) add(14);
    for (const auto& rung : ladder) {
        add(rung.container == Container::mp4 ? 2 : 1);
        if (rung.fps_den > 1) add(3);
        if (rung.gop_ms != 0) add(11);
        if (rung.encoder_profile != H264Profile::encoder_default) {
            add(6 + static_cast<unsigned>(rung.encoder_profile));
        }
    }
    return set;
}

bool compatible(const Capabilities& job, const Capabilities& provider)
{
    return version_suffices(job.version_min, provider.version) &&
           contains(job.bits, provider.mandatories) && contains(provider.bits, job.bits);
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
