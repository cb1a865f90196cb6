#include "core/chain/transaction.hpp"

#include "core/chain/rlp.hpp"
#include "crypto/keccak.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace millpond::chain {
namespace {

constexpr std::uint8_t type_mark = 2;
constexpr std::size_t unsigned_fields = 9;
constexpr std::size_t signed_fields = unsigned_fields + 3;
constexpr std::uint8_t parity_base = 27;

std::vector<Bytes> fields_of(const Transaction& transaction)
{
    return {
        rlp_number(Wei{transaction.chain}),
        rlp_number(Wei{transaction.nonce}),
        rlp_number(transaction.fees.tip),
        rlp_number(transaction.fees.most),
        rlp_number(Wei{transaction.gas}),
        transaction.to ? rlp_bytes(transaction.to->value()) : rlp_bytes({}),
        rlp_number(transaction.value),
        rlp_bytes(transaction.data),
        rlp_list({}),
    };
}

Bytes typed(std::span<const Bytes> fields)
{
    Bytes out{type_mark};
    const Bytes list = rlp_list(fields);
    out.insert(out.end(), list.begin(), list.end());
    return out;
}

std::optional<std::uint64_t> small_number_of(const RlpItem& item)
{
    const auto number = number_of(item);
    if (!number || *number > Wei{~std::uint64_t{0}}) return std::nullopt;
    return number->limbs()[0];
}

std::optional<Transaction> transaction_of(const std::vector<RlpItem>& items)
{
    const auto chain = small_number_of(items[0]);
    const auto nonce = small_number_of(items[1]);
    const auto tip = number_of(items[2]);
    const auto most = number_of(items[3]);
    const auto gas = small_number_of(items[4]);
    const auto value = number_of(items[6]);
    const bool numbers = chain && nonce && tip && most && gas && value;
    const bool plain =
        !items[5].is_list && !items[7].is_list && items[8].is_list && items[8].items.empty();
    if (!numbers || !plain) return std::nullopt;
    std::optional<Address> to;
    if (!items[5].bytes.empty()) {
        crypto::AddressBytes bytes{};
        if (items[5].bytes.size() != bytes.size()) return std::nullopt;
        std::ranges::copy(items[5].bytes, bytes.begin());
        to = Address{bytes};
    }
    return Transaction{
        .chain = *chain,
        .nonce = *nonce,
        .fees = {.most = *most, .tip = *tip},
        .gas = *gas,
        .to = to,
        .value = *value,
        .data = items[7].bytes,
    };
}

std::optional<crypto::Signature> signature_of(const std::vector<RlpItem>& items)
{
    const auto parity = small_number_of(items[unsigned_fields]);
    const auto r = number_of(items[unsigned_fields + 1]);
    const auto s = number_of(items[unsigned_fields + 2]);
    if (!parity || *parity > 1 || !r || !s) return std::nullopt;
    crypto::Signature signature{};
    std::ranges::copy(to_big_endian(*r), signature.begin());
    std::ranges::copy(to_big_endian(*s), signature.begin() + 32);
    signature[64] = static_cast<std::uint8_t>(parity_base + *parity);
    return signature;
}

/// An eighth more, rounded up.
std::optional<Wei> raised(const Wei& value)
{
    return add(value, div_ceil(value, Wei{8}));
}

}  // namespace

std::optional<Fees> fees_for(const Wei& base_fee, const Wei& tip)
{
    const auto doubled = add(base_fee, base_fee);
    const auto most = doubled ? add(*doubled, tip) : std::nullopt;
    if (!most) return std::nullopt;
    return Fees{.most = *most, .tip = tip};
}

std::optional<Fees> replacing(const Fees& sent, const Fees& now)
{
    const auto most = raised(sent.most);
    const auto tip = raised(sent.tip);
    if (!most || !tip) return std::nullopt;
    return Fees{.most = std::max(*most, now.most), .tip = std::max(*tip, now.tip)};
}

std::optional<Wei> cost_most(const Transaction& transaction)
{
    const auto gas = multiply(Wei{transaction.gas}, transaction.fees.most);
    return gas ? add(*gas, transaction.value) : std::nullopt;
}

SignedTransaction sign(const Transaction& transaction, const crypto::PrivateKey& key)
{
    std::vector<Bytes> fields = fields_of(transaction);
    const crypto::Signature signature = key.sign_digest(crypto::keccak256(typed(fields)));
    const ByteView bytes{signature};
    fields.push_back(rlp_number(Wei{std::uint64_t{signature[64]} - parity_base}));
    fields.push_back(rlp_number(*wei_of_big_endian(bytes.first(32))));
    fields.push_back(rlp_number(*wei_of_big_endian(bytes.subspan(32, 32))));
    Bytes raw = typed(fields);
    const Hash32 hash = crypto::keccak256(raw);
    return {.raw = std::move(raw), .hash = hash};
}

std::optional<ParsedTransaction> parse_signed(ByteView raw)
{
    if (raw.empty() || raw.front() != type_mark) return std::nullopt;
    const auto list = parse_rlp(raw.subspan(1));
    if (!list || !list->is_list || list->items.size() != signed_fields) return std::nullopt;
    auto transaction = transaction_of(list->items);
    const auto signature = signature_of(list->items);
    if (!transaction || !signature) return std::nullopt;
    const Hash32 digest = crypto::keccak256(typed(fields_of(*transaction)));
    const auto from = crypto::recover_digest(digest, *signature);
    if (!from) return std::nullopt;
    return ParsedTransaction{
        .transaction = std::move(*transaction),
        .from = Address{*from},
        .hash = crypto::keccak256(raw),
    };
}

Address contract_address(const Address& sender, std::uint64_t nonce)
{
    const std::array fields{rlp_bytes(sender.value()), rlp_number(Wei{nonce})};
    const Hash32 hash = crypto::keccak256(rlp_list(fields));
    crypto::AddressBytes made{};
    std::copy(hash.begin() + 12, hash.end(), made.begin());
    return Address{made};
}

}  // namespace millpond::chain
