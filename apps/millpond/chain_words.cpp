#include "apps/millpond/chain_words.hpp"

#include "apps/millpond/chain_plan.hpp"
#include "core/chain/abi.hpp"

#include <algorithm>

namespace millpond {

Fault unreadable(const std::string& what, const std::string& text)
{
    return {.what = what + " cannot be read" + (text.empty() ? "" : ": " + text)};
}

Result<Hash32, Fault> word_of(const std::string& what, const std::string& text)
{
    const auto bytes = parse_hex(text);
    Hash32 word{};
    if (!bytes || bytes->size() != word.size()) return because(unreadable(what, text));
    std::ranges::copy(*bytes, word.begin());
    return word;
}

Result<Wei, Fault> amount_of(const std::string& what, const std::string& text)
{
    const auto amount = parse_wei(text);
    if (!amount) return because(unreadable(what, text));
    return *amount;
}

Result<Address, Fault> address_of(const std::string& what, const std::string& text)
{
    const auto address = crypto::parse_address(text);
    if (!address) return because(unreadable(what, text));
    return Address{*address};
}

Result<Bytes, Fault> answer_at(ChainTools& tools, const Address& at, Bytes call)
{
    return tools.node->call({.to = at, .data = std::move(call)});
}

Result<Wei, Fault> amount_at(ChainTools& tools, const Address& at, Bytes call)
{
    MILLPOND_TRY(const Bytes told, answer_at(tools, at, std::move(call)));
    const auto amount = chain::AbiAnswer{told}.amount(0);
    if (!amount) return because(Fault{.what = "a contract answers nothing of sense"});
    return *amount;
}

}  // namespace millpond
