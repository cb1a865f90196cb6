#include "crypto/keccak.hpp"
#include "edge/wire/headers.hpp"
#include "edge/wire/messages.hpp"

#include <algorithm>

#include <gtest/gtest.h>

// The wire reference's test vectors that belong to off-chain mode and to encoding in general, byte
// for byte: V1 to V3 and V6 to V8 of 7.2, and of 7.1 the segment's flat form, the sets of
// capabilities, their compatibility, and which field profiles travel in. Those of signatures are
// in tests/unit/crypto; tickets (V4, V5, V9) belong to on-chain mode.
namespace millpond::wire {
namespace {

crypto::PrivateKey key_of(std::uint8_t byte)
{
    return std::move(*crypto::PrivateKey::parse(Bytes(32, byte)));
}

Bytes bytes_of(const auto& range)
{
    return Bytes(range.begin(), range.end());
}

SegData vector_segment()
{
    SegData segment;
    segment.manifest = bytes_of(as_bytes("abcdef"));
    segment.seq = 1234;
    segment.hash = bytes_of(as_bytes("browns"));
    segment.hash.resize(32, 0);
    segment.ladder = {*preset_profile("P144p30fps16x9"), *preset_profile("P240p30fps16x9")};
    return segment;
}

TEST(Golden, v1_get_orchestrator)
{
    const auto key = key_of(0x11);
    const auto message = orchestrator_request_message(key.address());
    EXPECT_EQ(to_hex(message), "07eada29c9737d0018229a85ed4527068323d19c14107bb00057ce6bcf103cc6");
    const OrchestratorRequest request{
        .address = bytes_of(key.address()),
        .signature = bytes_of(key.sign_personal(message)),
        .capabilities = Capabilities{.bits = {4099}, .has_constraints = true},
    };
    EXPECT_EQ(
        to_hex(encode(request)),
        "0a1419e7e376e7c213b7e7e7e46cc70a5dd086daff2a1241c72ccad1173c225d8b9821b2276345c0c50fed7e62"
        "fed0"
        "a0570cd1f2e24a5e5f0de5a214a0360937d9ea58c8ebf6d92217ab038fb41d96e3bcc6b486cce020b81c1a060a"
        "0283"
        "202a00"
    );
    EXPECT_EQ(*parse<OrchestratorRequest>(encode(request)), request);
}

TEST(Golden, v2_segment_signature)
{
    const SegData segment = vector_segment();
    EXPECT_EQ(
        to_hex(segment_message(segment)),
        "08a398e7e7a5a545b0b07d9e7e1eab52b4131e0df1621bd53ee6e7550a15465b"
    );
    EXPECT_EQ(
        to_hex(key_of(0x11).sign_personal(segment_message(segment))),
        "1172748c1bb6016030734d0c0239f7a72eeec1629b0b4ac9bd9a40e5660e9e332a198802777debd04b8b62102c"
        "5824d0"
        "fbed2a59e5a6406f7181fd67ccfddfb61b"
    );
}

TEST(Golden, v3_auth_token)
{
    Hash32 secret{};
    for (std::size_t i = 0; i < secret.size(); ++i)
        secret[i] = static_cast<std::uint8_t>(i);
    const AuthToken token = make_auth_token(secret, "deadbeef", 1'700'000'000);
    EXPECT_EQ(
        to_hex(token.token), "5c037c669aad3190039b37020b7880ff2333bf17c17c89fe03fa72ece28963eb"
    );
    EXPECT_EQ(check_auth_token(secret, token, 1'700'000'000).value(), "deadbeef");
    EXPECT_EQ(check_auth_token(secret, token, 1'700'000'001).error(), TokenRefusal::expired);
    EXPECT_EQ(check_auth_token(secret, std::nullopt, 0).error(), TokenRefusal::missing);
    AuthToken forged = token;
    forged.session = "deadbeee";
    EXPECT_EQ(check_auth_token(secret, forged, 0).error(), TokenRefusal::invalid);
}

TEST(Golden, v6_payment_header)
{
    const std::string with_ticket =
        "CokBChQVY5FeGU2M+"
        "6GUNXBgP3YGoxFVCBIG2kdavwAAGh8CLz2Tl7BDuHTfXlgzVicMbK43brqBKRi2aJbSJWAAIiCAMiod"
        "XXtNvyGnfei/"
        "v2LSWNGZthTINWSdquVtoRQ+ByogAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAyBAExLSgSFBnn"
        "43bnwhO35+fkbMcKXdCG2v8qGiUIrBsSIHYkd43tx1+"
        "LMiufoWMqYQ1AuF4QbH2b8OdDqc4pG5xvIkUIARJB0zh4lBPbz9UU"
        "WXpRyJxdDBq5kJ+ye40krDNef0SXplIHQE/+6qhHj7RQN9HYvB0o6BtpUOdvvsZNmLepCNp6kBwqBQiwCRAB";
    const auto payment = parse_payment_header(with_ticket);
    ASSERT_TRUE(payment);
    EXPECT_EQ(payment->expected_price, (PriceInfo{.price_per_unit = 1200, .pixels_per_unit = 1}));
    EXPECT_EQ(payment->ticket_sender_params.at(0).sender_nonce, 1U);
    EXPECT_EQ(payment_header(*payment), with_ticket);
    const std::string without = "EhQZ5+N258ITt+fn5GzHCl3Qhtr/KioFCLAJEAE=";
    EXPECT_EQ(payment_header(*parse_payment_header(without)), without);
    EXPECT_EQ(*parse_payment_header(""), Payment{});
}

TEST(Golden, v7_segment_header)
{
    SegData segment = vector_segment();
    segment.signature = bytes_of(key_of(0x11).sign_personal(segment_message(segment)));
    segment.duration_ms = 2000;
    segment.capabilities = Capabilities{.bits = {4099}, .has_constraints = true};
    Hash32 secret{};
    for (std::size_t i = 0; i < secret.size(); ++i)
        secret[i] = static_cast<std::uint8_t>(i);
    segment.auth_token = make_auth_token(secret, "deadbeef", 1'700'000'000);
    const std::string expected =
        "CgZhYmNkZWYQ0gkaIGJyb3ducwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIgdpbnZhbGlkKkERcnSMG7YBYDBzTQ"
        "wCOfen"
        "Lu7BYpsLSsm9mkDlZg6eMyoZiAJ3fevQS4tiECxYJND77SpZ5aZAb3GB/WfM/"
        "d+2GzDQDzoGCgKDICoAQjIKIFwDfGaarTGQ"
        "A5s3Agt4gP8jM78XwXyJ/"
        "gP6cuziiWPrEghkZWFkYmVlZhiA4s+qBooCIYIBDlAxNDRwMzBmcHMxNng5iAGAApABkAGYAYC1"
        "GKABHooCIYIBDlAyNDBwMzBmcHMxNng5iAGqA5AB8AGYAcDPJKABHg==";
    EXPECT_EQ(segment_header(segment), expected);
    EXPECT_EQ(*parse_segment_header(expected), segment);
    EXPECT_EQ(parse_segment_header("!").error().what, "ErrorSegEncoding");
}

TEST(Golden, v8_result_signature)
{
    const std::vector<Hash32> hashes = {
        crypto::keccak256(as_bytes("rendition-0")), crypto::keccak256(as_bytes("rendition-1"))
    };
    EXPECT_EQ(
        to_hex(key_of(0x22).sign_personal(result_message(hashes))),
        "c88e0c3f5b1a452e7933ec15fa80c43dffd9133608dee60428dd436aae4c1a0279afe155a54be6d9b335fbb4b1"
        "022692"
        "c4a817359597bfa8812c6c031284bbb41c"
    );
}

TEST(Golden, profiles_travel_in_the_field_that_fits_what_they_need)
{
    SegData segment = vector_segment();
    const auto field_of = [&] { return *parse<SegData>(encode(segment)); };
    segment.ladder[1].container = Container::mp4;
    EXPECT_EQ(field_of().ladder, segment.ladder);
    segment.ladder[0].gop_ms = 1000;
    segment.ladder[0].fps_den = 1001;
    EXPECT_EQ(field_of().ladder, segment.ladder);
}

TEST(Golden, segment_flat_form)
{
    EXPECT_EQ(
        to_hex(flatten(vector_segment())),
        "616263646566" + std::string(60, '0') + "04d262726f776e73" + std::string(52, '0') +
            to_hex(as_bytes("fca40bf9c0a6517a"))
    );
}

TEST(Golden, v2_empty_segment_signature)
{
    SegData segment;
    segment.hash = Bytes(32, 0);
    EXPECT_EQ(flatten(segment), Bytes(64, 0));
    EXPECT_EQ(
        to_hex(segment_message(segment)),
        "ad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5"
    );
    EXPECT_EQ(
        to_hex(key_of(0x11).sign_personal(segment_message(segment))),
        "d1dc11f7fd3c308ff8791d66322bd8772f47ec9f8f3ec827e380697fb1179d41737ea00f481f876e043436ae87"
        "f0963b176bc30e18b9142ff9a6eac19fda92411c"
    );
}

TEST(Golden, discovery_messages_say_their_fields)
{
    EXPECT_EQ(to_hex(encode(PingPong{.value = {7}})), "0a0107");
    EXPECT_EQ(*parse<PingPong>(Bytes{0x0a, 1, 7}), PingPong{.value = {7}});
    EXPECT_EQ(encode(EndTranscodingSessionResponse{}), Bytes{});
    const OrchestratorInfo info{
        .transcoder = "https://127.0.0.1:8935",
        .price_info = PriceInfo{.price_per_unit = 1200, .pixels_per_unit = 1},
        .address = Bytes(20, 0),
        .capabilities = transcoding_capabilities(),
        .auth_token = AuthToken{.token = {1}, .session = "deadbeef", .expiration_s = 1'700'000'000},
    };
    EXPECT_EQ(*parse<OrchestratorInfo>(encode(info)), info);
    const EndTranscodingSessionRequest end{.auth_token = info.auth_token};
    EXPECT_EQ(*parse<EndTranscodingSessionRequest>(encode(end)), end);
}

TEST(Golden, results_say_their_fields)
{
    TranscodeResult refused{.seq = 7, .result = std::string{"no"}, .info = std::nullopt};
    EXPECT_EQ(to_hex(encode(refused)), "080712026e6f");
    EXPECT_EQ(*parse<TranscodeResult>(encode(refused)), refused);
    TranscodeData data;
    data.segments = {{.url = "u", .pixels = 5, .perceptual_hash_url = ""}};
    data.signature = {9};
    const TranscodeResult done{.seq = 7, .result = data, .info = std::nullopt};
    EXPECT_EQ(
        to_hex(encode(done)),
        "08071a0a0a050a017510051201"
        "09"
    );
    EXPECT_EQ(*parse<TranscodeResult>(encode(done)), done);
}

TEST(Golden, transcoder_messages_say_their_fields)
{
    const RegisterRequest join{.secret = "s", .capacity = 3, .capabilities = std::nullopt};
    EXPECT_EQ(to_hex(encode(join)), "0a01731003");
    EXPECT_EQ(*parse<RegisterRequest>(encode(join)), join);
    const NotifySegment job{
        .url = "u", .seg_data = vector_segment(), .task = 77, .orchestrator = "offchain"
    };
    EXPECT_EQ(*parse<NotifySegment>(encode(job)), job);
    // The url first, the job as field 3, then task 77 as field 16, the legacy text as 17, 18.
    const std::string text = to_hex(encode(job));
    EXPECT_TRUE(text.starts_with("0a01751a")) << text;
    EXPECT_TRUE(
        text.ends_with("80014d8a0107696e76616c696492"
                       "01086f6666636861696e")
    ) << text;
}

TEST(Golden, profiles_choose_their_field)
{
    const auto field = [](auto change) {
        SegData segment;
        segment.ladder = {*preset_profile("P144p30fps16x9"), *preset_profile("P240p30fps16x9")};
        change(segment.ladder[1]);
        const Bytes bytes = encode(segment);
        // The tag of a field over 15 has two bytes: 33, 34 and 35 with bytes in them.
        const auto has = [&](std::uint8_t low) {
            return std::ranges::search(bytes, Bytes{low, 0x02}).begin() != bytes.end();
        };
        return has(0x8a) ? 33 : has(0x92) ? 34 : has(0x9a) ? 35 : 0;
    };
    EXPECT_EQ(field([](VideoProfile&) {}), 33);
    EXPECT_EQ(field([](VideoProfile& rung) { rung.container = Container::mp4; }), 34);
    EXPECT_EQ(field([](VideoProfile& rung) { rung.fps_den = 1001; }), 35);
    EXPECT_EQ(field([](VideoProfile& rung) { rung.gop_ms = -1; }), 35);
    EXPECT_EQ(field([](VideoProfile& rung) { rung.encoder_profile = H264Profile::high; }), 35);
}

TEST(Capability, sets_are_compatible_as_in_the_reference)
{
    const auto set = [](std::uint64_t bits, std::uint64_t mandatory = 0) {
        Capabilities made;
        if (bits != 0) made.bits = {bits};
        if (mandatory != 0) made.mandatories = {mandatory};
        return made;
    };
    constexpr std::uint64_t one = 1U << 1U;
    constexpr std::uint64_t two = 1U << 2U;
    constexpr std::uint64_t three = 1U << 3U;
    EXPECT_TRUE(compatible(set(0), set(0)));
    EXPECT_FALSE(compatible(set(one), set(0)));
    EXPECT_TRUE(compatible(set(0), set(one)));
    EXPECT_FALSE(compatible(set(one), set(two)));
    EXPECT_TRUE(compatible(set(one), set(one)));
    EXPECT_TRUE(compatible(set(one), set(one | two)));
    EXPECT_FALSE(compatible(set(one), set(one | two | three, three)));
    EXPECT_TRUE(compatible(set(three), set(one | two | three, three)));
    EXPECT_TRUE(compatible(set(one | three), set(one | two | three, three)));
    EXPECT_TRUE(compatible(set(one, two), set(one)));
}

TEST(Capability, a_job_asks_for_what_its_profiles_need)
{
    const auto asks = [](const Ladder& ladder, std::initializer_list<unsigned> numbers) {
        const Capabilities set = job_capabilities(ladder);
        return std::ranges::all_of(numbers, [&](unsigned each) {
            return has_capability(set, each);
        });
    };
    EXPECT_TRUE(asks({}, {0, 12}));
    auto second = *preset_profile("P240p30fps16x9");
    second.container = Container::mp4;
    second.fps_den = 1001;
    second.encoder_profile = H264Profile::main;
    auto third = *preset_profile("P144p30fps16x9");
    third.encoder_profile = H264Profile::high;
    third.gop_ms = 1000;
    const Ladder ladder = {*preset_profile("P144p30fps16x9"), second, third};
    EXPECT_TRUE(asks(ladder, {0, 1, 2, 3, 8, 9, 11, 12}));
    EXPECT_FALSE(has_capability(job_capabilities(ladder), 10));
}

TEST(Capability, sets_are_compatible_by_bits_and_version)
{
    const Capabilities pool = transcoding_capabilities();
    EXPECT_TRUE(compatible(job_capabilities({*preset_profile("P720p30fps16x9")}), pool));
    Capabilities job;
    job.bits = {std::uint64_t{1} << 16U};
    EXPECT_FALSE(compatible(job, pool));
    const auto with_version = [&](const char* least, const char* given) {
        Capabilities asks;
        asks.version_min = least;
        Capabilities has;
        has.version = given;
        return compatible(asks, has);
    };
    EXPECT_TRUE(with_version("0.4.1", "0.4.1"));
    EXPECT_TRUE(with_version("0.4.0", "0.4.1"));
    EXPECT_FALSE(with_version("0.4.2", "0.4.1"));
    EXPECT_FALSE(with_version("0.4.0", "nonsense"));
    EXPECT_TRUE(with_version("0.4.1", "0.4.1-b3278dce-dirty"));
    EXPECT_FALSE(with_version("0.4.2", "0.4.1-b3278dce-dirty"));
    EXPECT_FALSE(with_version("0.4.0", ""));
    EXPECT_FALSE(with_version("0.4.0", "undefined"));
    EXPECT_TRUE(with_version("", "anything"));
    EXPECT_TRUE(with_version("nonsense", "0.1.0"));
}

TEST(Nodes, travel_as_a_list_with_commas)
{
    using Texts = std::vector<std::string>;
    const Texts nodes = {"https://a:8935", "https://b:8935"};
    EXPECT_EQ(parse_nodes_trailer(nodes_trailer(nodes)), nodes);
    EXPECT_EQ(parse_nodes_trailer(",,x,"), Texts{"x"});
    EXPECT_EQ(parse_nodes_trailer(""), Texts{});
    std::string many;
    for (int i = 0; i < 1'000; ++i)
        many += "x,";
    EXPECT_EQ(parse_nodes_trailer(many).size(), 64U);
}

}  // namespace
}  // namespace millpond::wire
