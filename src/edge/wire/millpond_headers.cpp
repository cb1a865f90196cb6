#include "edge/wire/millpond_headers.hpp"

#include "crypto/keccak.hpp"

#include <algorithm>

#include <millpond.pb.h>

namespace millpond::wire {
namespace {

constexpr std::size_t name_max = 64;
constexpr int renditions_max = 64;

/// Bytes to sign, where no two different values give the same bytes.
class Preimage {
public:
    explicit Preimage(std::string_view domain) { add(domain); }

    void add(std::string_view text)
    {
        add(static_cast<std::int64_t>(text.size()));
        fixed(as_bytes(text));
    }

    void add(std::int64_t number)
    {
        for (unsigned shift = 64; shift > 0; shift -= 8) {
            bytes_.push_back(
                static_cast<std::uint8_t>(static_cast<std::uint64_t>(number) >> (shift - 8))
            );
        }
    }

    void fixed(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }

    [[nodiscard]] Hash32 hash() const { return crypto::keccak256(bytes_); }

private:
    Bytes bytes_;
};

std::string text(ByteView bytes)
{
    return std::string{as_text(bytes)};
}

template <std::size_t size>
bool copy_exact(const std::string& from, std::array<std::uint8_t, size>& to)
{
    if (from.size() != size) return false;
    std::ranges::copy(as_bytes(from), to.begin());
    return true;
}

template <typename Proto>
Result<Proto, Malformed> parse_header(std::string_view header, std::string_view name)
{
    const auto bytes = parse_base64(header);
    Proto proto;
    if (!bytes || !proto.ParseFromArray(bytes->data(), static_cast<int>(bytes->size()))) {
        return because(Malformed{std::string{name} + ": not base64 of its message"});
    }
    return proto;
}

}  // namespace

Hash32 ladder_hash(const Ladder& ladder)
{
    Preimage image{"millpond ladder"};
    for (const auto& rung : ladder) {
        image.add(rung.name);
        image.add(rung.width);
        image.add(rung.height);
        image.add(rung.bitrate);
        image.add(std::int64_t{rung.fps_num});
        image.add(std::int64_t{rung.fps_den});
        image.add(static_cast<std::int64_t>(rung.container));
        image.add(static_cast<std::int64_t>(rung.encoder_profile));
        image.add(rung.gop_ms);
        image.add(std::int64_t{rung.quality});
    }
    return image.hash();
}

Hash32 join_message(const Join& join)
{
    Preimage image{"millpond join"};
    image.fixed(join.address);
    image.add(join.name);
    image.add(join.pixels_per_second);
    image.add(join.signed_at_ms);
    image.fixed(join.pool_certificate);
    return image.hash();
}

Hash32 claim_message(const SignedClaim& claim)
{
    Preimage image{"millpond claim"};
    image.add(claim.task);
    image.fixed(claim.source_hash);
    image.fixed(claim.ladder_hash);
    image.add(static_cast<std::int64_t>(claim.renditions.size()));
    for (const auto& hash : claim.renditions)
        image.fixed(hash);
    return image.hash();
}

std::string join_header(const Join& join)
{
    v1::Join proto;
    proto.set_address(text(join.address));
    proto.set_name(join.name);
    proto.set_pixels_per_second(join.pixels_per_second);
    proto.set_signed_at_ms(join.signed_at_ms);
    proto.set_pool_certificate(text(join.pool_certificate));
    proto.set_signature(text(join.signature));
    proto.set_voucher(text(join.voucher));
    return to_base64(as_bytes(proto.SerializeAsString()));
}

Result<Join, Malformed> parse_join_header(std::string_view text)
{
    MILLPOND_TRY(const auto proto, parse_header<v1::Join>(text, join_header_name));
    Join join;
    if (!copy_exact(proto.address(), join.address)) {
        return because(Malformed{"millpond-join: address is not 20 bytes"});
    }
    if (!copy_exact(proto.pool_certificate(), join.pool_certificate)) {
        return because(Malformed{"millpond-join: pool_certificate is not 32 bytes"});
    }
    join.name = proto.name();
    const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
    if (join.name.size() > name_max || !std::ranges::all_of(join.name, printable)) {
        return because(Malformed{"millpond-join: name is not up to 64 printable characters"});
    }
    join.pixels_per_second = proto.pixels_per_second();
    join.signed_at_ms = proto.signed_at_ms();
    join.signature.assign(proto.signature().begin(), proto.signature().end());
    join.voucher.assign(proto.voucher().begin(), proto.voucher().end());
    return join;
}

std::string claim_header(const SignedClaim& claim)
{
    v1::SignedClaim proto;
    proto.set_task(claim.task);
    proto.set_source_hash(text(claim.source_hash));
    proto.set_ladder_hash(text(claim.ladder_hash));
    for (const auto& hash : claim.renditions)
        proto.add_renditions(text(hash));
    proto.set_signature(text(claim.signature));
    return to_base64(as_bytes(proto.SerializeAsString()));
}

Result<SignedClaim, Malformed> parse_claim_header(std::string_view text)
{
    MILLPOND_TRY(const auto proto, parse_header<v1::SignedClaim>(text, claim_header_name));
    SignedClaim claim;
    claim.task = proto.task();
    if (!copy_exact(proto.source_hash(), claim.source_hash)) {
        return because(Malformed{"millpond-claim: source_hash is not 32 bytes"});
    }
    if (!copy_exact(proto.ladder_hash(), claim.ladder_hash)) {
        return because(Malformed{"millpond-claim: ladder_hash is not 32 bytes"});
    }
    if (proto.renditions_size() > renditions_max) {
        return because(Malformed{"millpond-claim: too many renditions"});
    }
    for (const auto& each : proto.renditions()) {
        Hash32 hash{};
        if (!copy_exact(each, hash)) {
            return because(Malformed{"millpond-claim: a rendition's hash is not 32 bytes"});
        }
        claim.renditions.push_back(hash);
    }
    claim.signature.assign(proto.signature().begin(), proto.signature().end());
    return claim;
}

}  // namespace millpond::wire
