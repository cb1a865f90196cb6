#include "core/settle/sum_tree.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace millpond::settle {
namespace {

using Json = nlohmann::json;

template <std::size_t Size>
std::array<std::uint8_t, Size> array_of(const Json& json, const char* key)
{
    const Bytes bytes = *parse_hex(json.at(key).get<std::string>());
    std::array<std::uint8_t, Size> array{};
    EXPECT_EQ(bytes.size(), Size);
    std::copy(bytes.begin(), bytes.end(), array.begin());
    return array;
}

Wei wei_of(const Json& json, const char* key)
{
    return *parse_wei(json.at(key).get<std::string>());
}

std::uint64_t number_of(const Json& json, const char* key)
{
    return std::stoull(json.at(key).get<std::string>());
}

SumNode node_of(const Json& json)
{
    return {.hash = array_of<32>(json, "hash"), .sum = wei_of(json, "sum")};
}

TEST(SumTreeVectors, agree_with_another_implementation)
{
    std::ifstream in{MILLPOND_SOURCE_DIR "/schema/vectors/sum_trees.json"};
    int trees = 0;
    for (const auto& json : Json::parse(in).at("trees")) {
        std::vector<Leaf> leaves;
        for (const auto& leaf : json.at("leaves")) {
            leaves.push_back({
                .pool = PoolId{array_of<32>(leaf, "poolId")},
                .epoch = number_of(leaf, "epoch"),
                .account = Address{array_of<20>(leaf, "account")},
                .earned = wei_of(leaf, "earned"),
                .hold_seconds = number_of(leaf, "holdSeconds"),
                .segments = number_of(leaf, "segments"),
                .flags = number_of(leaf, "flags"),
            });
        }
        const auto tree = SumTree::build(std::move(leaves));
        ASSERT_TRUE(tree);
        EXPECT_EQ(tree->root(), node_of(json.at("root")));
        const auto& expected = json.at("proof");
        const auto proven = tree->prove(Address{array_of<20>(expected, "account")});
        ASSERT_TRUE(proven);
        EXPECT_EQ(proven->second.path, number_of(expected, "path"));
        std::vector<SumNode> siblings;
        for (const auto& sibling : expected.at("siblings"))
            siblings.push_back(node_of(sibling));
        EXPECT_EQ(proven->second.siblings, siblings);
        ++trees;
    }
    EXPECT_EQ(trees, 6);
}

}  // namespace
}  // namespace millpond::settle
