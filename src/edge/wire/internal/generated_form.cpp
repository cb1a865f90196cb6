#include "edge/wire/internal/generated_form.hpp"

namespace millpond::wire {
namespace {

constexpr int ladder_rungs_max = 64;

// livepeer-wire 2.3: which of the three fields carries the profiles depends on what they need.
google::protobuf::RepeatedPtrField<net::VideoProfile>& profiles_field(
    net::SegData& proto, const Ladder& ladder
)
{
    bool any_mp4 = false;
    for (const auto& rung : ladder) {
        const bool newest = rung.fps_den > 1 || rung.gop_ms != 0 ||
                            rung.encoder_profile != H264Profile::encoder_default;
        if (newest) return *proto.mutable_fullprofiles3();
        any_mp4 = any_mp4 || rung.container == Container::mp4;
    }
    return any_mp4 ? *proto.mutable_fullprofiles2() : *proto.mutable_fullprofiles();
}

}  // namespace

std::string text(const Bytes& bytes)
{
    return {bytes.begin(), bytes.end()};
}

Bytes bytes(const std::string& from)
{
    return {from.begin(), from.end()};
}

net::Capabilities to(const Capabilities& from)
{
    net::Capabilities proto;
    for (const auto word : from.bits)
        proto.add_bitstring(word);
    for (const auto word : from.mandatories)
        proto.add_mandatories(word);
    for (const auto& [capability, count] : from.capacities) {
        (*proto.mutable_capacities())[capability] = count;
    }
    proto.set_version(from.version);
    if (from.has_constraints) proto.mutable_constraints()->set_minversion(from.version_min);
    return proto;
}

Capabilities from(const net::Capabilities& proto)
{
    Capabilities message;
    message.bits.assign(proto.bitstring().begin(), proto.bitstring().end());
    message.mandatories.assign(proto.mandatories().begin(), proto.mandatories().end());
    message.capacities.insert(proto.capacities().begin(), proto.capacities().end());
    message.version = proto.version();
    message.has_constraints = proto.has_constraints();
    message.version_min = proto.constraints().minversion();
    return message;
}

net::AuthToken to(const AuthToken& from)
{
    net::AuthToken proto;
    proto.set_token(text(from.token));
    proto.set_session_id(from.session);
    proto.set_expiration(from.expiration_s);
    return proto;
}

AuthToken from(const net::AuthToken& proto)
{
    return {
        .token = bytes(proto.token()),
        .session = proto.session_id(),
        .expiration_s = proto.expiration(),
    };
}

net::PriceInfo to(const PriceInfo& from)
{
    net::PriceInfo proto;
    proto.set_priceperunit(from.price_per_unit);
    proto.set_pixelsperunit(from.pixels_per_unit);
    return proto;
}

PriceInfo from(const net::PriceInfo& proto)
{
    return {.price_per_unit = proto.priceperunit(), .pixels_per_unit = proto.pixelsperunit()};
}

net::TicketExpirationParams to(const TicketExpirationParams& from)
{
    net::TicketExpirationParams proto;
    proto.set_creation_round(from.creation_round);
    proto.set_creation_round_block_hash(text(from.creation_round_block_hash));
    return proto;
}

TicketExpirationParams from(const net::TicketExpirationParams& proto)
{
    return {
        .creation_round = proto.creation_round(),
        .creation_round_block_hash = bytes(proto.creation_round_block_hash()),
    };
}

net::TicketParams to(const TicketParams& from)
{
    net::TicketParams proto;
    proto.set_recipient(text(from.recipient));
    proto.set_face_value(text(from.face_value));
    proto.set_win_prob(text(from.win_prob));
    proto.set_recipient_rand_hash(text(from.recipient_rand_hash));
    proto.set_seed(text(from.seed));
    proto.set_expiration_block(text(from.expiration_block));
    if (from.expiration_params) *proto.mutable_expiration_params() = to(*from.expiration_params);
    return proto;
}

TicketParams from(const net::TicketParams& proto)
{
    TicketParams message{
        .recipient = bytes(proto.recipient()),
        .face_value = bytes(proto.face_value()),
        .win_prob = bytes(proto.win_prob()),
        .recipient_rand_hash = bytes(proto.recipient_rand_hash()),
        .seed = bytes(proto.seed()),
        .expiration_block = bytes(proto.expiration_block()),
        .expiration_params = {},
    };
    if (proto.has_expiration_params()) message.expiration_params = from(proto.expiration_params());
    return message;
}

net::OSInfo to(const OsInfo& from)
{
    net::OSInfo proto;
    proto.set_storagetype(from.storage_type);
    if (from.s3.empty()) return proto;
    auto& s3 = *proto.mutable_s3info();
    const auto get = [&](const char* key) {
        const auto found = from.s3.find(key);
        return found == from.s3.end() ? std::string{} : found->second;
    };
    s3.set_host(get("host"));
    s3.set_key(get("key"));
    s3.set_policy(get("policy"));
    s3.set_signature(get("signature"));
    s3.set_credential(get("credential"));
    s3.set_xamzdate(get("xAmzDate"));
    return proto;
}

OsInfo from(const net::OSInfo& proto)
{
    OsInfo message{.storage_type = proto.storagetype(), .s3 = {}};
    if (!proto.has_s3info()) return message;
    const auto& s3 = proto.s3info();
    message.s3 = {
        {"host", s3.host()},
        {"key", s3.key()},
        {"policy", s3.policy()},
        {"signature", s3.signature()},
        {"credential", s3.credential()},
        {"xAmzDate", s3.xamzdate()},
    };
    return message;
}

net::OrchestratorInfo to(const OrchestratorInfo& from)
{
    net::OrchestratorInfo proto;
    proto.set_transcoder(from.transcoder);
    if (from.ticket_params) *proto.mutable_ticket_params() = to(*from.ticket_params);
    if (from.price_info) *proto.mutable_price_info() = to(*from.price_info);
    proto.set_address(text(from.address));
    if (from.capabilities) *proto.mutable_capabilities() = to(*from.capabilities);
    if (from.auth_token) *proto.mutable_auth_token() = to(*from.auth_token);
    for (const auto& each : from.storage)
        *proto.add_storage() = to(each);
    for (const auto& each : from.nodes)
        proto.add_nodes(each);
    return proto;
}

OrchestratorInfo from(const net::OrchestratorInfo& proto)
{
    OrchestratorInfo message;
    message.transcoder = proto.transcoder();
    if (proto.has_ticket_params()) message.ticket_params = from(proto.ticket_params());
    if (proto.has_price_info()) message.price_info = from(proto.price_info());
    message.address = bytes(proto.address());
    if (proto.has_capabilities()) message.capabilities = from(proto.capabilities());
    if (proto.has_auth_token()) message.auth_token = from(proto.auth_token());
    for (const auto& each : proto.storage())
        message.storage.push_back(from(each));
    message.nodes.assign(proto.nodes().begin(), proto.nodes().end());
    return message;
}

net::VideoProfile to(const VideoProfile& from)
{
    net::VideoProfile proto;
    proto.set_name(
        from.name.empty() ? "ffmpeg_" + std::to_string(from.width) + "x" +
                                std::to_string(from.height) + "_" + std::to_string(from.bitrate)
                          : from.name
    );
    proto.set_width(from.width);
    proto.set_height(from.height);
    proto.set_bitrate(from.bitrate);
    proto.set_fps(from.fps_num);
    proto.set_format(static_cast<int>(from.container));
    proto.set_fpsden(from.fps_den == 1 ? 0 : from.fps_den);
    proto.set_profile(static_cast<int>(from.encoder_profile));
    proto.set_gop(from.gop_ms);
    proto.set_quality(from.quality);
    return proto;
}

Result<VideoProfile, Malformed> from(const net::VideoProfile& proto)
{
    if (proto.format() < 0 || proto.format() > 1) {
        return because(Malformed{"unrecognized profile output format"});
    }
    if (proto.profile() < 0 || proto.profile() > 4) {
        return because(Malformed{"unrecognized encoder profile"});
    }
    // H.264 is the one codec we make; the others are refused as the reference refuses unknown ones.
    if (proto.encoder() != 0) return because(Malformed{"unrecognized video codec"});
    VideoProfile message{
        .name = proto.name(),
        .width = proto.width(),
        .height = proto.height(),
        .bitrate = proto.bitrate(),
        .fps_num = proto.fps(),
        .fps_den = proto.fpsden() == 0 ? 1 : proto.fpsden(),
        .container = static_cast<Container>(proto.format()),
        .encoder_profile = static_cast<H264Profile>(proto.profile()),
        .gop_ms = proto.gop(),
        .quality = proto.quality(),
    };
    if (message.name.empty()) {
        message.name = "net_" + std::to_string(message.width) + "x" +
                       std::to_string(message.height) + "_" + std::to_string(message.bitrate);
    }
    return message;
}

net::SegData to(const SegData& from)
{
    net::SegData proto;
    proto.set_manifestid(text(from.manifest));
    proto.set_seq(from.seq);
    proto.set_hash(text(from.hash));
    proto.set_profiles(std::string{legacy_profiles});
    proto.set_sig(text(from.signature));
    proto.set_duration(from.duration_ms);
    if (from.capabilities) *proto.mutable_capabilities() = to(*from.capabilities);
    if (from.auth_token) *proto.mutable_auth_token() = to(*from.auth_token);
    proto.set_calc_perceptual_hash(from.calc_perceptual_hash);
    for (const auto& each : from.storage)
        *proto.add_storage() = to(each);
    auto& profiles = profiles_field(proto, from.ladder);
    for (const auto& rung : from.ladder)
        *profiles.Add() = to(rung);
    if (from.clip) {
        proto.mutable_segment_parameters()->set_from(from.clip->from_ms);
        proto.mutable_segment_parameters()->set_to(from.clip->to_ms);
    }
    proto.set_forcesessionreinit(from.force_session_reinit);
    return proto;
}

Result<SegData, Malformed> from(const net::SegData& proto)
{
    SegData message;
    message.manifest = bytes(proto.manifestid());
    message.seq = proto.seq();
    message.hash = bytes(proto.hash());
    message.signature = bytes(proto.sig());
    message.duration_ms = proto.duration();
    if (proto.has_capabilities()) message.capabilities = from(proto.capabilities());
    if (proto.has_auth_token()) message.auth_token = from(proto.auth_token());
    message.calc_perceptual_hash = proto.calc_perceptual_hash();
    for (const auto& each : proto.storage())
        message.storage.push_back(from(each));
    const auto& profiles = !proto.fullprofiles3().empty()   ? proto.fullprofiles3()
                           : !proto.fullprofiles2().empty() ? proto.fullprofiles2()
                                                            : proto.fullprofiles();
    if (profiles.size() > ladder_rungs_max) return because(Malformed{"too many profiles"});
    for (const auto& each : profiles) {
        MILLPOND_TRY(VideoProfile rung, from(each));
        message.ladder.push_back(std::move(rung));
    }
    if (proto.has_segment_parameters()) {
        message.clip = SegParameters{
            .from_ms = proto.segment_parameters().from(), .to_ms = proto.segment_parameters().to()
        };
    }
    message.force_session_reinit = proto.forcesessionreinit();
    return message;
}

net::TranscodeData to(const TranscodeData& from)
{
    net::TranscodeData proto;
    for (const auto& each : from.segments) {
        auto& segment = *proto.add_segments();
        segment.set_url(each.url);
        segment.set_pixels(each.pixels);
        segment.set_perceptual_hash_url(each.perceptual_hash_url);
    }
    proto.set_sig(text(from.signature));
    return proto;
}

TranscodeData from(const net::TranscodeData& proto)
{
    TranscodeData message;
    for (const auto& each : proto.segments()) {
        message.segments.push_back({
            .url = each.url(),
            .pixels = each.pixels(),
            .perceptual_hash_url = each.perceptual_hash_url(),
        });
    }
    message.signature = bytes(proto.sig());
    return message;
}

}  // namespace millpond::wire
