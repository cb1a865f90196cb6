#include "apps/millpond/demo_ledger.hpp"

#include "core/chain/abi.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <string>

#include <nlohmann/json.hpp>

namespace millpond {
namespace {

constexpr int decimals = 18;

Result<Wei, Fault> ask(chain::Node& node, const Address& at, Bytes call)
{
    MILLPOND_TRY(const Bytes told, node.call({.to = at, .data = std::move(call)}));
    const auto amount = chain::AbiAnswer{told}.amount(0);
    if (!amount) return because(Fault{.what = "a contract answers nothing of sense"});
    return *amount;
}

Wei sum(const Wei& a, const Wei& b)
{
    return add(a, b).value_or(Wei::max());
}

std::string change(const Wei& before, const Wei& after)
{
    const bool less = after < before;
    const auto by = less ? subtract(before, after) : subtract(after, before);
    if (by->is_zero()) return "";
    return (less ? "-" : "+") + in_whole(*by);
}

std::uint64_t number_in(const nlohmann::json& block, const char* key)
{
    return std::stoull(block.at(key).get<std::string>(), nullptr, 16);
}

}  // namespace

std::string in_whole(const Wei& units)
{
    std::string digits = to_text(units);
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    digits.insert(digits.size() - decimals, ".");
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
    return digits;
}

Result<Holdings, Fault> holdings_of(
    chain::Node& node, const Address& token, const Address& vault, const std::vector<Watched>& all
)
{
    MILLPOND_TRY(const chain::Block head, node.head());
    Holdings holdings{.block = head.number};
    MILLPOND_TRY(holdings.supply, ask(node, token, chain::call_of("totalSupply()", chain::Abi{})));
    for (const Watched& each : all) {
        Holdings::Of& of = holdings.parties[each.name];
        MILLPOND_TRY(of.ether, node.balance(each.address));
        MILLPOND_TRY(of.tokens, ask(node, token, chain::calls::token_balance_of(each.address)));
        for (const auto& [pool, kind] : each.bonds) {
            MILLPOND_TRY(
                const Bytes told,
                node.call({.to = vault, .data = chain::calls::bonded(pool, each.address, kind)})
            );
            const chain::AbiAnswer bond{told};
            of.bonded = sum(of.bonded, bond.amount(0).value_or(Wei{}));
            of.bonded = sum(of.bonded, bond.amount(1).value_or(Wei{}));
        }
    }
    return holdings;
}

Result<Wei, Fault> burned_between(chain::Node& node, std::uint64_t behind, std::uint64_t up_to)
{
    Wei burned;
    for (std::uint64_t number = behind + 1; number <= up_to; ++number) {
        std::array<char, 16> hex{};
        const auto written = std::to_chars(hex.begin(), hex.end(), number, 16);
        const std::string words =
            R"(["0x)" + std::string(hex.begin(), written.ptr) + R"(", false])";
        MILLPOND_TRY(const std::string text, node.raw("eth_getBlockByNumber", words));
        const auto block = nlohmann::json::parse(text);
        const auto fee =
            multiply(Wei{number_in(block, "baseFeePerGas")}, Wei{number_in(block, "gasUsed")});
        burned = sum(burned, fee.value_or(Wei::max()));
    }
    return burned;
}

bool add_up(const Holdings& before, const Holdings& after, const Wei& burned)
{
    std::printf("\n  %-14s %24s %24s  %26s\n", "", "ether before", "ether after", "change");
    Wei ether_before;
    Wei ether_after = burned;
    Wei tokens_before;
    Wei tokens_after;
    for (const auto& [name, was] : before.parties) {
        const Holdings::Of& is = after.parties.at(name);
        ether_before = sum(ether_before, was.ether);
        ether_after = sum(ether_after, is.ether);
        tokens_before = sum(tokens_before, was.tokens);
        tokens_after = sum(tokens_after, is.tokens);
        if (was.ether == is.ether) continue;
        std::printf(
            "  %-14s %24s %24s  %26s\n",
            name.c_str(),
            in_whole(was.ether).c_str(),
            in_whole(is.ether).c_str(),
            change(was.ether, is.ether).c_str()
        );
    }
    std::printf("  %-14s %24s %24s  %26s\n", "base fees", "", in_whole(burned).c_str(), "burned");
    std::printf(
        "\n  %-14s %18s %18s %18s %18s\n", "", "tokens before", "after", "bond before", "after"
    );
    for (const auto& [name, was] : before.parties) {
        const Holdings::Of& is = after.parties.at(name);
        if (was.tokens == is.tokens && was.bonded == is.bonded) continue;
        std::printf(
            "  %-14s %18s %18s %18s %18s\n",
            name.c_str(),
            in_whole(was.tokens).c_str(),
            in_whole(is.tokens).c_str(),
            in_whole(was.bonded).c_str(),
            in_whole(is.bonded).c_str()
        );
    }
    std::printf(
        "\n  ether in all: %s wei before, %s wei after; tokens: %s of %s\n",
        to_text(ether_before).c_str(),
        to_text(ether_after).c_str(),
        in_whole(tokens_after).c_str(),
        in_whole(after.supply).c_str()
    );
    return ether_before == ether_after && tokens_before == before.supply &&
           tokens_after == after.supply;
}

}  // namespace millpond
