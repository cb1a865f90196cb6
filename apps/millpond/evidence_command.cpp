#include "apps/millpond/evidence_command.hpp"

#include "crypto/keccak.hpp"
#include "crypto/sealing.hpp"
#include "edge/chain/keystore.hpp"
#include "edge/evidence/sealed.hpp"
#include "edge/files/durable.hpp"

#include <algorithm>
#include <cstdio>

#include <CLI/CLI.hpp>

namespace millpond {
namespace {

constexpr std::size_t line_bytes_max = 4'096;
constexpr std::size_t document_bytes_max = 1U << 20U;

Fault unreadable(const std::string& what)
{
    return {.what = what + " is not what it should be"};
}

template <std::size_t Size>
Result<std::array<std::uint8_t, Size>, Fault> parse_fixed(
    std::string_view text, const std::string& what
)
{
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.remove_suffix(1);
    const auto bytes = parse_hex(text);
    std::array<std::uint8_t, Size> out{};
    if (!bytes || bytes->size() != Size) return because(unreadable(what));
    std::ranges::copy(*bytes, out.begin());
    return out;
}

Result<crypto::PrivateKey, Fault> own_key(const EvidenceCommand& q)
{
    MILLPOND_TRY(const std::string password, chain::read_password(q.password_file));
    return chain::read_keystore(q.keystore, password);
}

Result<std::string, Fault> tell_key(const EvidenceCommand& q)
{
    MILLPOND_TRY(const crypto::PrivateKey key, own_key(q));
    return crypto::checksum_address(key.address()) + " 0x" + to_hex(crypto::public_key_of(key));
}

Result<std::string, Fault> seal(const EvidenceCommand& q)
{
    MILLPOND_TRY(const Hash32 key, evidence::seal_bundle(q.bundle, q.sealed));
    if (const auto kept = files::write_durably(q.key_file, to_hex(key) + "\n"); !kept)
        return because(kept.error());
    return "sealed in " + q.sealed + "; its key is in " + q.key_file;
}

Result<std::string, Fault> share(const EvidenceCommand& q)
{
    MILLPOND_TRY(const std::string text, files::read_whole(q.key_file, line_bytes_max));
    MILLPOND_TRY(const Hash32 key, parse_fixed<32>(text, q.key_file));
    MILLPOND_TRY(const crypto::PublicKey to, parse_fixed<33>(q.to, "--to"));
    const auto handed = crypto::hand_over(key, to);
    if (!handed) return because(unreadable("--to"));
    return crypto::checksum_address(*crypto::address_of(to)) + " 0x" + to_hex(*handed);
}

Result<std::string, Fault> open(const EvidenceCommand& q)
{
    const auto handed = parse_hex(q.handed);
    if (!handed) return because(unreadable("--handed"));
    MILLPOND_TRY(const crypto::PrivateKey own, own_key(q));
    const auto key = crypto::take_over(*handed, own);
    if (!key)
        return because(
            Fault{.what = "it was not handed to " + crypto::checksum_address(own.address())}
        );
    if (const auto opened = evidence::open_bundle(q.sealed, *key, q.bundle); !opened)
        return because(opened.error());
    MILLPOND_TRY(
        const std::string root, files::read_whole(q.bundle + "/bundle.json", document_bytes_max)
    );
    return "the evidence with root 0x" + to_hex(crypto::keccak256(as_bytes(root))) + " is in " +
           q.bundle;
}

}  // namespace

void EvidenceCommand::describe(CLI::App& app)
{
    auto* evidence = app.add_subcommand(
        "evidence", "Evidence of a case that only those can read who are to judge it."
    );
    evidence->require_subcommand(1);
    const auto with_key = [&](CLI::App* verb) {
        verb->add_option("--keystore", keystore, "the key, as go-ethereum keeps it")->required();
        verb->add_option("--password-file", password_file, "opens it; only its owner may read it")
            ->required();
        return verb;
    };
    key = with_key(evidence->add_subcommand("key", "Prints a juror's address and public key."));
    seal = evidence->add_subcommand("seal", "Seals a bundle, to be laid where all can fetch it.");
    seal->add_option("--evidence", bundle, "the bundle's folder")->required();
    seal->add_option("--out", sealed, "folder to make")->required();
    seal->add_option("--key", key_file, "file to keep its key in")->required();
    share = evidence->add_subcommand(
        "share", "Prints whose public key it is, and the bundle's key for nobody else to read."
    );
    share->add_option("--key", key_file, "file with the bundle's key")->required();
    share->add_option("--to", to, "public key of a juror that was drawn")->required();
    open = with_key(evidence->add_subcommand("open", "Opens a sealed bundle."));
    open->add_option("--sealed", sealed, "its folder")->required();
    open->add_option("--handed", handed, "what `share` printed for this key")->required();
    open->add_option("--out", bundle, "folder to make")->required();
}

bool EvidenceCommand::chosen() const
{
    return *key || *seal || *share || *open;
}

int EvidenceCommand::run() const
{
    const auto text = *key     ? tell_key(*this)
                      : *seal  ? millpond::seal(*this)
                      : *share ? millpond::share(*this)
                               : millpond::open(*this);
    if (!text) {
        std::fprintf(stderr, "%s\n", text.error().what.c_str());
        return 1;
    }
    std::printf("%s\n", text->c_str());
    return 0;
}

}  // namespace millpond
