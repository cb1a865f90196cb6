#include "edge/wire/join_token.hpp"

#include <gtest/gtest.h>

namespace millpond::wire {
namespace {

const Hash32 secret{1, 2, 3};
const JoinToken token{.address = {0xab, 0xcd}, .worker = "rack-2_gpu0"};

TEST(JoinToken, comes_back_as_it_was_made)
{
    const std::string text = make_join_token(secret, token);
    EXPECT_TRUE(text.starts_with(crypto::checksum_address(token.address) + ".rack-2_gpu0:"));
    EXPECT_EQ(check_join_token(secret, text), token);
}

TEST(JoinToken, of_another_pool_worker_or_account_is_none)
{
    const std::string text = make_join_token(secret, token);
    EXPECT_FALSE(check_join_token(Hash32{1, 2, 4}, text));
    std::string other = text;
    other[5] = other[5] == '0' ? '1' : '0';
    EXPECT_FALSE(check_join_token(secret, other));
    other = text;
    other.replace(other.find("gpu0"), 4, "gpu1");
    EXPECT_FALSE(check_join_token(secret, other));
    EXPECT_FALSE(check_join_token(secret, text.substr(0, text.size() - 2)));
    EXPECT_FALSE(check_join_token(secret, ""));
    EXPECT_FALSE(check_join_token(secret, ".:"));
}

TEST(JoinToken, has_a_worker_whose_name_is_fit_for_a_secret)
{
    EXPECT_TRUE(is_worker_name("a"));
    EXPECT_FALSE(is_worker_name(""));
    EXPECT_FALSE(is_worker_name("a.b"));
    EXPECT_FALSE(is_worker_name("a:b"));
    EXPECT_FALSE(is_worker_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace millpond::wire
