#include "edge/chain/node.hpp"

#include "tests/support/anvil.hpp"

#include <functional>

#include <gtest/gtest.h>

namespace millpond::chain {
namespace {

using test::Anvil;

/// A node that answers as it is told.
class Scripted final : public Endpoint {
public:
    using Rule = std::function<Result<std::string, Fault>(const std::string&, std::uint64_t)>;

    explicit Scripted(Rule rule) : rule_(std::move(rule)) {}

    Result<std::string, Fault> ask(const std::string& question, std::uint64_t id) override
    {
        return rule_(question, id);
    }

    [[nodiscard]] std::string name() const override { return "scripted:1"; }

private:
    Rule rule_;
};

std::string answer(std::uint64_t id, const std::string& result)
{
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"result":)" + result + "}";
}

/// Answers the chain's id, and everything else with `result`.
std::unique_ptr<Endpoint> saying(const std::string& result, const std::string& chain = "\"0x7a69\"")
{
    return std::make_unique<Scripted>([=](const std::string& question, std::uint64_t id) {
        const bool which = question.find("eth_chainId") != std::string::npos;
        return Result<std::string, Fault>{answer(id, which ? chain : result)};
    });
}

std::unique_ptr<Endpoint> mute()
{
    return std::make_unique<Scripted>([](const std::string&, std::uint64_t) {
        return Result<std::string, Fault>{
            because(Fault{.what = "scripted:1: no answer in time", .retryable = true})
        };
    });
}

template <typename... Endpoints>
Node node_of(Endpoints... endpoints)
{
    std::vector<std::unique_ptr<Endpoint>> all;
    (all.push_back(std::move(endpoints)), ...);
    return Node{Anvil::chain_id, std::move(all)};
}

TEST(NodeUrl, is_read_with_scheme_port_and_target)
{
    EXPECT_EQ(
        *parse_node_url("https://arb.example.org/v2/secret?a=b"),
        (NodeUrl{.tls = true, .host = "arb.example.org", .port = 443, .target = "/v2/secret?a=b"})
    );
    EXPECT_EQ(
        *parse_node_url("ws://[::1]:8546"),
        (NodeUrl{.web_socket = true, .host = "::1", .port = 8546})
    );
    for (const auto* text :
         {"ftp://a", "http://", "http://a:0", "http://a:70000", "http://a b", ""})
        EXPECT_FALSE(parse_node_url(text)) << text;
}

TEST(NodeUrl, with_a_password_is_refused_and_not_quoted)
{
    const auto url = parse_node_url("https://user:secret@example.org");
    ASSERT_FALSE(url);
    EXPECT_EQ(url.error().what.find("secret"), std::string::npos);
}

TEST(Node, passes_over_nodes_that_fail_answer_nonsense_or_are_on_another_chain)
{
    Node node =
        node_of(mute(), saying("\"nonsense\""), saying("\"0x1\"", "\"0x1\""), saying("\"0x2a\""));
    EXPECT_EQ(*node.balance(Address{}), Wei{42});
}

TEST(Node, says_what_the_last_one_said_where_none_answers)
{
    Node node = node_of(mute());
    const auto balance = node.balance(Address{});
    ASSERT_FALSE(balance);
    EXPECT_EQ(balance.error().what, "scripted:1: no answer in time");
}

TEST(Node, passes_over_a_node_that_has_stood_still)
{
    const auto block = [](const std::string& number) {
        const std::string hash = "\"0x" + std::string(64, '1') + "\"";
        return R"({"number":")" + number + R"(","hash":)" + hash + R"(,"parentHash":)" + hash +
               R"(,"timestamp":"0x1","baseFeePerGas":"0x1"})";
    };
    std::string newest = block("0x64");
    auto moving = std::make_unique<Scripted>([&](const std::string& question, std::uint64_t id) {
        const bool which = question.find("eth_chainId") != std::string::npos;
        return Result<std::string, Fault>{answer(id, which ? "\"0x7a69\"" : newest)};
    });
    Node node = node_of(std::move(moving), saying(block("0x63")));
    EXPECT_EQ(node.head()->number, 100U);
    newest = block("0x40");
    EXPECT_EQ(node.head()->number, 99U);
}

TEST(Node, believes_no_receipt_that_another_node_contradicts)
{
    if (!Anvil::installed()) GTEST_SKIP() << "the contracts' toolchain is not installed";
    const Anvil anvil{false};
    const Transaction transfer{
        .chain = Anvil::chain_id,
        .fees = {.most = Wei{3'000'000'000}, .tip = Wei{1'000'000'000}},
        .gas = 21'000,
        .to = Anvil::account(1),
        .value = Wei{1},
    };
    const auto made = sign(transfer, Anvil::key(0));
    auto honest = anvil.node();
    ASSERT_TRUE(honest->send(made));
    anvil.mine();
    const auto receipt = honest->agreed_receipt(made.hash);
    ASSERT_TRUE(receipt && *receipt);
    EXPECT_TRUE((*receipt)->succeeded);

    // one that has it in another block, one that does not have it, one that is down
    const std::string told =
        anvil.command("eth_getTransactionReceipt", "[\"0x" + to_hex(made.hash) + "\"]");
    const std::string hash = to_hex((*receipt)->block_hash);
    std::string lie = told;
    for (auto at = lie.find(hash); at != std::string::npos; at = lie.find(hash))
        lie.replace(at, hash.size(), std::string(64, 'e'));
    Node lied_to = node_of(anvil.endpoint(), saying(lie));
    const auto contradicted = lied_to.agreed_receipt(made.hash);
    ASSERT_FALSE(contradicted);
    EXPECT_EQ(contradicted.error().what, "nodes contradict each other");
    Node early = node_of(anvil.endpoint(), saying("null"));
    EXPECT_FALSE(*early.agreed_receipt(made.hash));
    Node half_down = node_of(mute(), anvil.endpoint());
    EXPECT_TRUE(*half_down.agreed_receipt(made.hash));
}

class OverEachTransport : public ::testing::TestWithParam<const char*> {};

TEST_P(OverEachTransport, a_chain_is_read)
{
    if (!Anvil::installed()) GTEST_SKIP() << "the contracts' toolchain is not installed";
    Anvil anvil{true};
    Node node = node_of(anvil.endpoint(GetParam()));
    EXPECT_EQ(node.head()->number, 0U);
    anvil.mine(3);
    EXPECT_EQ(node.head()->number, 3U);
    EXPECT_EQ((*node.block(2))->number, 2U);
    EXPECT_FALSE(*node.block(9));
    EXPECT_EQ(to_text(*node.balance(Anvil::account(0))), "10000000000000000000000");
    EXPECT_EQ(*node.nonce(Anvil::account(0)), 0U);
    EXPECT_EQ(*node.estimate({.from = Anvil::account(0), .to = Anvil::account(1)}), 21'000U);
    EXPECT_TRUE(node.tip());
    EXPECT_TRUE(node.logs({.from = 0, .to = 3})->empty());
}

INSTANTIATE_TEST_SUITE_P(Node, OverEachTransport, ::testing::Values("http", "ws"));

TEST(Node, connects_again_after_its_socket_broke)
{
    if (!Anvil::installed()) GTEST_SKIP() << "the contracts' toolchain is not installed";
    auto first = std::make_unique<Anvil>(true);
    Node node = node_of(first->endpoint("ws"));
    EXPECT_TRUE(node.head());
    first.reset();
    EXPECT_FALSE(node.head());
    EXPECT_FALSE(node.head());
}

}  // namespace
}  // namespace millpond::chain
