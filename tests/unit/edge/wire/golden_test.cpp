#include "crypto/keccak.hpp"
#include "edge/wire/headers.hpp"
#include "edge/wire/messages.hpp"

#include <algorithm>

#include <gtest/gtest.h>

// The vectors V1 to V8 of the wire reference, byte for byte.
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
    EXPECT_TRUE(with_version("0.4.1", "0.4.1-b3278dce-dirty"));
    EXPECT_FALSE(with_version("0.4.2", "0.4.1-b3278dce-dirty"));
    EXPECT_FALSE(with_version("0.4.0", ""));
    EXPECT_FALSE(with_version("0.4.0", "undefined"));
    EXPECT_TRUE(with_version("", "anything"));
    EXPECT_TRUE(with_version("nonsense", "0.1.0"));
}

}  // namespace
}  // namespace millpond::wire
