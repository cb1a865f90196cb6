#include "model/parameters.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

TEST(Parameters, are_read_back_from_their_canonical_text)
{
    Parameters parameters;
    parameters.safety = 17;
    parameters.r2_policy = static_cast<std::uint64_t>(PolicyName::closed);
    const auto again = parse_canonical(canonical_text(parameters));
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(*again, parameters);
}

TEST(Parameters, have_but_one_canonical_text)
{
    const std::string text = canonical_text({});
    const auto bent = [&](const std::string& what, const std::string& with) {
        std::string other = text;
        other.replace(other.find(what), what.size(), with);
        return parse_canonical(other).error();
    };
    EXPECT_EQ(bent("safety 10\n", "safety 010\n"), "safety");
    EXPECT_EQ(bent("safety 10\n", "safety 10 \n"), "safety");
    EXPECT_EQ(bent("safety 10\n", "safety -1\n"), "safety");
    EXPECT_EQ(bent("safety 10\n", ""), "safety");
    EXPECT_EQ(bent("pool_policy hybrid\n", "pool_policy 5\n"), "pool_policy");
    EXPECT_EQ(bent("pool_policy hybrid\n", "pool_policy whatever\n"), "pool_policy");
    EXPECT_EQ(parse_canonical(text + "more 1\n").error(), "more than the parameters");
    EXPECT_FALSE(parse_canonical(""));
}

}  // namespace
}  // namespace millpond
