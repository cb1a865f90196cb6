#include "edge/chain/keystore.hpp"

#include "base/assert.hpp"
#include "crypto/digest.hpp"
#include "crypto/keccak.hpp"
#include "edge/files/durable.hpp"

#include <array>
#include <bit>
#include <filesystem>
#include <memory>
#include <optional>

#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace millpond::chain {
namespace {

using Json = nlohmann::json;

constexpr std::size_t derived_size = 32;
constexpr std::size_t cipher_key_size = 16;
constexpr std::uint64_t memory_max = std::uint64_t{1} << 30U;
constexpr std::uint64_t rounds_max = 64;
constexpr std::size_t file_bytes_max = 16'384;

/// Bytes that are wiped at their end.
template <std::size_t size>
struct Secret {
    std::array<std::uint8_t, size> bytes{};

    Secret() = default;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    ~Secret() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

using Derived = Secret<derived_size>;

/// False where the cost is no cost or beyond what we want to spend on a foreign file.
bool derive(Derived& out, std::string_view password, ByteView salt, const ScryptCost& cost)
{
    const bool sound = cost.n >= 2 && std::has_single_bit(cost.n) && cost.r >= 1 && cost.p >= 1 &&
                       cost.r <= rounds_max && cost.p <= rounds_max &&
                       cost.n <= memory_max / (128 * cost.r);
    if (!sound) return false;
    const int made = EVP_PBE_scrypt(
        password.data(),
        password.size(),
        salt.data(),
        salt.size(),
        cost.n,
        cost.r,
        cost.p,
        2 * memory_max,
        out.bytes.data(),
        out.bytes.size()
    );
    return made == 1;
}

/// AES-128-CTR, which undoes itself.
bool crypt(ByteView key, ByteView iv, ByteView in, std::span<std::uint8_t> out)
{
    struct Free {
        void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
    };

    const std::unique_ptr<EVP_CIPHER_CTX, Free> context{EVP_CIPHER_CTX_new()};
    int written = 0;
    return context &&
           EVP_EncryptInit_ex(context.get(), EVP_aes_128_ctr(), nullptr, key.data(), iv.data()) ==
               1 &&
           EVP_EncryptUpdate(
               context.get(), out.data(), &written, in.data(), static_cast<int>(in.size())
           ) == 1 &&
           written == static_cast<int>(in.size());
}

Hash32 mac_of(const Derived& derived, ByteView ciphertext)
{
    Bytes bytes(derived.bytes.begin() + cipher_key_size, derived.bytes.end());
    bytes.insert(bytes.end(), ciphertext.begin(), ciphertext.end());
    const Hash32 mac = crypto::keccak256(bytes);
    OPENSSL_cleanse(bytes.data(), cipher_key_size);
    return mac;
}

/// Version 4, variant 1.
std::string random_uuid()
{
    std::array<std::uint8_t, 16> bytes{};
    crypto::fill_random(bytes);
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0fU) | 0x40U);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3fU) | 0x80U);
    std::string text = to_hex(bytes);
    for (const std::size_t at : {8U, 13U, 18U, 23U})
        text.insert(at, "-");
    return text;
}

struct Sealed {
    ScryptCost cost;
    Bytes salt;
    Bytes iv;
    Bytes ciphertext;
    Bytes mac;
};

std::optional<Json> object_in(const Json& json, const char* name)
{
    const auto found = json.find(name);
    if (found == json.end() || !found->is_object()) return std::nullopt;
    return *found;
}

std::optional<Bytes> hex_in(const Json& json, const char* name)
{
    const auto found = json.find(name);
    if (found == json.end() || !found->is_string()) return std::nullopt;
    return parse_hex(found->get_ref<const std::string&>());
}

std::optional<std::uint64_t> number_in(const Json& json, const char* name)
{
    const auto found = json.find(name);
    if (found == json.end() || !found->is_number_unsigned()) return std::nullopt;
    return found->get<std::uint64_t>();
}

bool says(const Json& json, const char* name, std::string_view what)
{
    const auto found = json.find(name);
    return found != json.end() && found->is_string() &&
           found->get_ref<const std::string&>() == what;
}

std::optional<Sealed> parse_sealed(std::string_view text)
{
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || number_in(json, "version") != 3) return std::nullopt;
    auto crypto = object_in(json, "crypto");
    if (!crypto) crypto = object_in(json, "Crypto");
    if (!crypto || !says(*crypto, "cipher", "aes-128-ctr") || !says(*crypto, "kdf", "scrypt"))
        return std::nullopt;
    const auto cipher = object_in(*crypto, "cipherparams");
    const auto kdf = object_in(*crypto, "kdfparams");
    if (!cipher || !kdf || number_in(*kdf, "dklen") != derived_size) return std::nullopt;
    const auto n = number_in(*kdf, "n");
    const auto r = number_in(*kdf, "r");
    const auto p = number_in(*kdf, "p");
    auto salt = hex_in(*kdf, "salt");
    auto iv = hex_in(*cipher, "iv");
    auto ciphertext = hex_in(*crypto, "ciphertext");
    auto mac = hex_in(*crypto, "mac");
    const bool there = n && r && p && salt && iv && ciphertext && mac;
    if (!there || iv->size() != 16 || ciphertext->size() != 32 || mac->size() != 32)
        return std::nullopt;
    return Sealed{
        .cost = {.n = *n, .r = *r, .p = *p},
        .salt = std::move(*salt),
        .iv = std::move(*iv),
        .ciphertext = std::move(*ciphertext),
        .mac = std::move(*mac),
    };
}

Result<void, Fault> require_private(const std::string& path)
{
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (error) return because(Fault{.what = path + ": " + error.message()});
    using std::filesystem::perms;
    if ((status.permissions() & (perms::group_all | perms::others_all)) != perms::none)
        return because(Fault{.what = path + ": others may read it; chmod 600"});
    return {};
}

}  // namespace

std::string seal_key(
    const crypto::PrivateKey& key, std::string_view password, const ScryptCost& cost
)
{
    std::array<std::uint8_t, 32> salt{};
    std::array<std::uint8_t, 16> iv{};
    crypto::fill_random(salt);
    crypto::fill_random(iv);
    Derived derived;
    std::array<std::uint8_t, 32> ciphertext{};
    const bool done =
        derive(derived, password, salt, cost) &&
        crypt(ByteView{derived.bytes}.first(cipher_key_size), iv, key.bytes(), ciphertext);
    MILLPOND_ASSERT(done);
    const Json json{
        {"address", to_hex(key.address())},
        {"crypto",
         {{"cipher", "aes-128-ctr"},
          {"cipherparams", {{"iv", to_hex(iv)}}},
          {"ciphertext", to_hex(ciphertext)},
          {"kdf", "scrypt"},
          {"kdfparams",
           {{"dklen", derived_size},
            {"n", cost.n},
            {"p", cost.p},
            {"r", cost.r},
            {"salt", to_hex(salt)}}},
          {"mac", to_hex(mac_of(derived, ciphertext))}}},
        {"id", random_uuid()},
        {"version", 3},
    };
    return json.dump() + "\n";
}

std::optional<ScryptCost> cost_of_keystore(std::string_view json)
{
    const auto sealed = parse_sealed(json);
    if (!sealed) return std::nullopt;
    return sealed->cost;
}

Result<crypto::PrivateKey, Fault> open_key(std::string_view json, std::string_view password)
{
    const auto sealed = parse_sealed(json);
    if (!sealed) return because(Fault{.what = "is no keystore of scrypt and aes-128-ctr"});
    Derived derived;
    if (!derive(derived, password, sealed->salt, sealed->cost))
        return because(Fault{.what = "asks for a cost that is not allowed"});
    if (!equal_in_constant_time(mac_of(derived, sealed->ciphertext), sealed->mac))
        return because(Fault{.what = "the password does not open it"});
    Secret<32> bytes;
    const ByteView cipher_key = ByteView{derived.bytes}.first(cipher_key_size);
    const bool done = crypt(cipher_key, sealed->iv, sealed->ciphertext, bytes.bytes);
    auto key = done ? crypto::PrivateKey::parse(bytes.bytes) : std::nullopt;
    if (!key) return because(Fault{.what = "holds no private key"});
    return std::move(*key);
}

Result<void, Fault> write_keystore(const std::string& path, std::string_view json)
{
    std::error_code error;
    if (std::filesystem::exists(path, error) || error)
        return because(Fault{.what = path + ": is there already"});
    return files::write_durably(path, json);
}

Result<crypto::PrivateKey, Fault> read_keystore(const std::string& path, std::string_view password)
{
    if (auto hidden = require_private(path); !hidden) return because(hidden.error());
    MILLPOND_TRY(const std::string json, files::read_whole(path, file_bytes_max));
    auto key = open_key(json, password);
    if (!key) return because(Fault{.what = path + ": " + key.error().what});
    return key;
}

Result<std::string, Fault> read_password(const std::string& path)
{
    if (auto hidden = require_private(path); !hidden) return because(hidden.error());
    MILLPOND_TRY(std::string text, files::read_whole(path, 1024));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.pop_back();
    return text;
}

}  // namespace millpond::chain
