#include "edge/api/signed_request.hpp"

#include "crypto/keccak.hpp"
#include "crypto/signature.hpp"

#include <gtest/gtest.h>

namespace millpond::api {
namespace {

constexpr std::int64_t now_seconds = 1'700'000'000;
const Time now{std::chrono::seconds{now_seconds}};

struct Signed : testing::Test {
    [[nodiscard]] std::string header(std::int64_t expires, const Wanted& what) const
    {
        const Address account{key.address()};
        const auto signature =
            key.sign_personal(crypto::keccak256(as_bytes(words_of(what, account, expires))));
        return "Millpond address=0x" + to_hex(account.value()) +
               ",expires=" + std::to_string(expires) + ",signature=0x" + to_hex(signature);
    }

    [[nodiscard]] std::string header() const { return header(now_seconds + 60, wanted); }

    /// The refusal's name, or "taken".
    [[nodiscard]] std::string answer(const std::string& authorization) const
    {
        const auto signer = signer_of({{"authorization", authorization}}, wanted, now);
        if (signer) EXPECT_EQ(signer->value(), key.address());
        return signer ? "taken" : std::string{name_of(signer.error())};
    }

    crypto::PrivateKey key = crypto::PrivateKey::generate();
    Wanted wanted{.pool = PoolId{Hash32{7}}, .method = "GET", .path = "/api/v1/transcoders/0x1"};
};

TEST_F(Signed, is_taken_until_it_expires)
{
    EXPECT_EQ(answer(header()), "taken");
    EXPECT_EQ(answer(header(now_seconds + 1, wanted)), "taken");
    EXPECT_EQ(answer(header(now_seconds, wanted)), "expired");
    EXPECT_EQ(answer(header(-1, wanted)), "expired");
    EXPECT_EQ(answer(header(now_seconds + 300, wanted)), "taken");
    EXPECT_EQ(answer(header(now_seconds + 301, wanted)), "expires_too_late");
}

TEST_F(Signed, is_good_for_one_pool_path_and_method_only)
{
    Wanted other = wanted;
    other.pool = PoolId{Hash32{8}};
    EXPECT_EQ(answer(header(now_seconds + 60, other)), "wrong_key");
    other = wanted;
    other.path = "/api/v1/transcoders/0x2";
    EXPECT_EQ(answer(header(now_seconds + 60, other)), "wrong_key");
    other = wanted;
    other.method = "POST";
    EXPECT_EQ(answer(header(now_seconds + 60, other)), "wrong_key");
}

TEST_F(Signed, is_refused_when_another_key_signed)
{
    const std::string ours = header();
    key = crypto::PrivateKey::generate();
    const std::string theirs = header();
    const auto cut = ours.find(",signature");
    EXPECT_EQ(answer(ours.substr(0, cut) + theirs.substr(theirs.find(",signature"))), "wrong_key");
}

TEST_F(Signed, is_refused_when_it_is_missing_or_malformed)
{
    EXPECT_EQ(signer_of({}, wanted, now).error(), SignedRefusal::not_signed);
    const std::string whole = header();
    for (const std::string& text :
         {std::string{},
          std::string{"Bearer 1"},
          whole + ",",
          whole + "0",
          "x" + whole,
          whole.substr(0, 40),
          std::string{"Millpond address=,expires=,signature=0x"}}) {
        EXPECT_EQ(answer(text), "malformed") << text;
    }
    std::string late = whole;
    late.replace(late.find("expires=") + 8, 1, "x");
    EXPECT_EQ(answer(late), "malformed");
    // A byte short is no signature at all.
    EXPECT_EQ(answer(whole.substr(0, whole.size() - 2)), "wrong_key");
}

}  // namespace
}  // namespace millpond::api
