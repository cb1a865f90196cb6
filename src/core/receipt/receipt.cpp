#include "core/receipt/receipt.hpp"

#include "base/assert.hpp"
#include "core/receipt/fields.hpp"
#include "crypto/keccak.hpp"
#include "crypto/merkle.hpp"
#include "crypto/typed_data.hpp"

#include <algorithm>
#include <optional>

namespace millpond::receipt {
namespace {

constexpr std::size_t word_size = 32;
constexpr std::size_t signature_size = 65;

std::string_view type_of(const Hash32&)
{
    return "bytes32";
}

template <typename Tag>
std::string_view type_of(const Strong<Tag, Hash32>&)
{
    return "bytes32";
}

std::string_view type_of(const Address&)
{
    return "address";
}

std::string_view type_of(std::uint64_t)
{
    return "uint64";
}

std::string_view type_of(const Wei&)
{
    return "uint256";
}

Hash32 word_of(const Hash32& value)
{
    return value;
}

template <typename Tag>
Hash32 word_of(const Strong<Tag, Hash32>& value)
{
    return value.value();
}

Hash32 word_of(const Address& value)
{
    Hash32 word{};
    std::ranges::copy(value.value(), word.begin() + 12);
    return word;
}

Hash32 word_of(std::uint64_t value)
{
    Hash32 word{};
    for (std::size_t i = 0; i < 8; ++i)
        word[31 - i] = static_cast<std::uint8_t>(value >> (8 * i));
    return word;
}

Hash32 word_of(const Wei& value)
{
    return to_big_endian(value);
}

bool zeros(const Hash32& word, std::size_t count)
{
    return std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(count), [](auto b) {
        return b == 0;
    });
}

bool take(const Hash32& word, Hash32& value)
{
    value = word;
    return true;
}

template <typename Tag>
bool take(const Hash32& word, Strong<Tag, Hash32>& value)
{
    value = Strong<Tag, Hash32>{word};
    return true;
}

bool take(const Hash32& word, Address& value)
{
    std::array<std::uint8_t, 20> bytes{};
    std::copy(word.begin() + 12, word.end(), bytes.begin());
    value = Address{bytes};
    return zeros(word, 12);
}

bool take(const Hash32& word, std::uint64_t& value)
{
    value = 0;
    for (std::size_t i = 24; i < word_size; ++i)
        value = value << 8U | word[i];
    return zeros(word, 24);
}

bool take(const Hash32& word, Wei& value)
{
    value = wei_of(word);
    return true;
}

template <typename T>
std::size_t size_of_words()
{
    std::size_t size = 0;
    const T value{};
    Fields<T>::walk(value, [&](std::string_view, const auto&) { size += word_size; });
    return size;
}

}  // namespace

std::string_view name_of(Refusal refusal)
{
    switch (refusal) {
        case Refusal::malformed: return "malformed";
        case Refusal::other_pool: return "other_pool";
        case Refusal::unreadable_signature: return "unreadable_signature";
        case Refusal::wrong_key: return "wrong_key";
        case Refusal::not_yet_valid: return "not_yet_valid";
        case Refusal::expired: return "expired";
        case Refusal::out_of_scope: return "out_of_scope";
    }
    MILLPOND_ASSERT(false);
}

std::string text_of(const Problem& problem)
{
    std::string text{name_of(problem.refusal)};
    if (!problem.field.empty()) text.append(": ").append(problem.field);
    return text;
}

template <typename T>
std::string type_text()
{
    std::string text{Fields<T>::name};
    const T value{};
    char before = '(';
    Fields<T>::walk(value, [&](std::string_view name, const auto& field) {
        text += before;
        text.append(type_of(field)).append(" ").append(name);
        before = ',';
    });
    return text + ")";
}

template <typename T>
Hash32 hash_of(const T& value)
{
    static const std::string type = type_text<T>();
    crypto::TypedStruct encoded{type};
    Fields<T>::walk(value, [&](std::string_view, const auto& field) {
        encoded.word(word_of(field));
    });
    return encoded.hash();
}

template <typename T>
Signed<T> sign(const T& value, const crypto::PrivateKey& key, const Hash32& domain)
{
    return {value, key.sign_digest(crypto::typed_digest(domain, hash_of(value)))};
}

template <typename T>
Result<void, Problem> check(
    const Signed<T>& object, const Hash32& domain, const crypto::AddressBytes& signer
)
{
    const auto who = crypto::recover_digest(
        crypto::typed_digest(domain, hash_of(object.value)), object.signature
    );
    if (!who) return because(Problem{Refusal::unreadable_signature, "signature"});
    if (*who != signer) return because(Problem{Refusal::wrong_key, "signature"});
    return {};
}

template <typename T>
Bytes encode(const Signed<T>& object)
{
    Bytes bytes;
    bytes.reserve(size_of_words<T>() + signature_size);
    Fields<T>::walk(object.value, [&](std::string_view, const auto& field) {
        const Hash32 word = word_of(field);
        bytes.insert(bytes.end(), word.begin(), word.end());
    });
    bytes.insert(bytes.end(), object.signature.begin(), object.signature.end());
    return bytes;
}

template <typename T>
Result<Signed<T>, Problem> decode(ByteView bytes)
{
    if (bytes.size() != size_of_words<T>() + signature_size)
        return because(Problem{Refusal::malformed, "length"});
    Signed<T> object{};
    std::optional<Problem> problem;
    std::size_t at = 0;
    Fields<T>::walk(object.value, [&](std::string_view name, auto& field) {
        Hash32 word{};
        std::ranges::copy(bytes.subspan(at, word_size), word.begin());
        at += word_size;
        if (!take(word, field) && !problem) problem = Problem{Refusal::malformed, name};
    });
    if (problem) return because(*problem);
    std::ranges::copy(bytes.subspan(at), object.signature.begin());
    return object;
}

Result<void, Problem> allows(
    const SessionGrant& grant, const PoolId& pool, Scope scope, std::uint64_t now
)
{
    if (grant.pool != pool) return because(Problem{Refusal::other_pool, "poolId"});
    if (now < grant.not_before) return because(Problem{Refusal::not_yet_valid, "notBefore"});
    if (now >= grant.not_after) return because(Problem{Refusal::expired, "notAfter"});
    if ((grant.scope & static_cast<std::uint64_t>(scope)) == 0)
        return because(Problem{Refusal::out_of_scope, "scope"});
    return {};
}

PoolId pool_id(const crypto::TypedDomain& domain, const crypto::AddressBytes& operator_address)
{
    return PoolId{crypto::TypedStruct{"Pool(uint64 chainId,address registry,address operator)"}
                      .number(domain.chain_id)
                      .address(domain.contract)
                      .address(operator_address)
                      .hash()};
}

TaskKey task_key(
    const PoolId& pool,
    std::uint64_t epoch,
    const Address& transcoder,
    std::uint64_t lane,
    std::uint64_t lane_seq
)
{
    static const crypto::StructType type{
        "TaskId(bytes32 poolId,uint64 epoch,address transcoder,uint64 lane,uint64 laneSeq)"
    };
    return TaskKey{crypto::TypedStruct{type}
                       .word(pool.value())
                       .number(epoch)
                       .address(transcoder.value())
                       .number(lane)
                       .number(lane_seq)
                       .hash()};
}

Hash32 seal_of(const ResultCommit& commit, const Address& transcoder)
{
    return crypto::TypedStruct{"Seal(bytes32 outputRoot,bytes32 salt,address transcoder)"}
        .word(commit.output_root)
        .word(commit.salt)
        .address(transcoder.value())
        .hash();
}

Hash32 profile_hash(const Ladder& ladder)
{
    Bytes rungs;
    for (const VideoProfile& rung : ladder) {
        const Hash32 hash =
            crypto::TypedStruct{
                "Profile(string name,uint64 width,uint64 height,uint64 bitrate,uint64 fps,"
                "uint64 fpsDen,uint64 container,uint64 encoderProfile,uint64 gop,uint64 quality)"
            }
                .text(rung.name)
                .number(static_cast<std::uint64_t>(rung.width))
                .number(static_cast<std::uint64_t>(rung.height))
                .number(static_cast<std::uint64_t>(rung.bitrate))
                .number(rung.fps_num)
                .number(rung.fps_den)
                .number(static_cast<std::uint64_t>(rung.container))
                .number(static_cast<std::uint64_t>(rung.encoder_profile))
                .number(static_cast<std::uint64_t>(rung.gop_ms))
                .number(rung.quality)
                .hash();
        rungs.insert(rungs.end(), hash.begin(), hash.end());
    }
    return crypto::keccak256(rungs);
}

Hash32 output_root(const std::vector<Hash32>& renditions)
{
    std::vector<Hash32> leaves;
    leaves.reserve(renditions.size());
    for (const Hash32& each : renditions)
        leaves.push_back(crypto::keccak256(each));
    return crypto::merkle_root(std::move(leaves));
}

#define MILLPOND_RECEIPT(T)                                                      \
    template std::string type_text<T>();                                         \
    template Hash32 hash_of(const T&);                                           \
    template Signed<T> sign(const T&, const crypto::PrivateKey&, const Hash32&); \
    template Result<void, Problem>                                               \
    check(const Signed<T>&, const Hash32&, const crypto::AddressBytes&);         \
    template Bytes encode(const Signed<T>&);                                     \
    template Result<Signed<T>, Problem> decode(ByteView)

MILLPOND_RECEIPT(SessionGrant);
MILLPOND_RECEIPT(TaskOffer);
MILLPOND_RECEIPT(SealedCommit);
MILLPOND_RECEIPT(ResultCommit);
MILLPOND_RECEIPT(Voucher);
MILLPOND_RECEIPT(Correction);
MILLPOND_RECEIPT(Reject);
MILLPOND_RECEIPT(EpochRoot);
MILLPOND_RECEIPT(CheckReport);
MILLPOND_RECEIPT(SeedDisclosure);

#undef MILLPOND_RECEIPT

}  // namespace millpond::receipt
