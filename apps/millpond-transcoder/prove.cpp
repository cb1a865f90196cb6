#include "apps/millpond-transcoder/prove.hpp"

#include "apps/millpond-transcoder/fetch.hpp"
#include "core/settle/prove.hpp"
#include "edge/files/durable.hpp"
#include "edge/store/epoch_json.hpp"
#include "worker/kept_receipts.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>

#include <CLI/CLI.hpp>

namespace millpond {
namespace {

namespace fs = std::filesystem;

constexpr int asked_wrongly = 64;
constexpr std::size_t receipts_bytes_max = 8U << 20U;

/// The one file of receipts there; a fault where there are none or it is not told which.
Result<std::string, Fault> file_of(const std::string& place)
{
    std::error_code error;
    if (!fs::is_directory(place, error)) return place;
    std::vector<std::string> found;
    for (const auto& each : fs::directory_iterator{place, error})
        if (each.path().extension() == ".json") found.push_back(each.path());
    if (found.size() == 1) return found.front();
    return because(Fault{
        .what = place + (found.empty() ? ": there are no receipts" : ": name one pool's file")
    });
}

std::string words_of(settle::Shortfall shortfall, const Voucher& voucher)
{
    const std::string number = "voucher " + std::to_string(voucher.seq);
    std::string name{settle::name_of(shortfall)};
    switch (shortfall) {
        case settle::Shortfall::other_pool: return name + ": the document is another pool's";
        case settle::Shortfall::later_voucher:
            return name + ": " + number + " is of epoch " + std::to_string(voucher.epoch);
        case settle::Shortfall::missing_leaf:
            return name + ": " + number + " is not in the tree: the account has no leaf";
        case settle::Shortfall::lower_amount:
            return name + ": " + number + " is not in the tree: it promises " +
                   to_text(voucher.earned) + " wei, the leaf has less";
        case settle::Shortfall::fewer_segments:
            return name + ": " + number + " counts " + std::to_string(voucher.segments) +
                   " segments, the leaf has fewer";
    }
    return name;
}

/// The newest voucher that an epoch must have; nothing where none was signed until then.
const Voucher* voucher_for(const KeptReceipts& kept, std::uint64_t epoch)
{
    const auto after = kept.vouchers.upper_bound(epoch);
    return after == kept.vouchers.begin() ? nullptr : &std::prev(after)->second.value;
}

/// Whoever publishes two roots for one epoch cannot deny either, if they are signed.
bool is_signed(const KeptReceipts& kept, const settle::EpochDocument& document)
{
    const receipt::Signed<EpochRoot> root{.value = document.root, .signature = document.signature};
    const Hash32 domain = crypto::domain_separator(kept.domain);
    return receipt::check(root, domain, kept.operator_address.value()).has_value();
}

/// True when the epoch has what was promised and the operator stands to it; says it in words.
bool prove_one(const KeptReceipts& kept, const settle::EpochDocument& document)
{
    const std::string epoch = "epoch " + std::to_string(document.root.epoch);
    if (const auto sound = settle::check(document, std::nullopt); !sound) {
        std::printf(
            "%s: %s: the document does not hold together\n",
            epoch.c_str(),
            std::string{settle::name_of(sound.error().refusal)}.c_str()
        );
        return false;
    }
    if (document.root.pool != kept.pool()) {
        std::printf("%s: other_pool: the document is another pool's\n", epoch.c_str());
        return false;
    }
    const bool stands = is_signed(kept, document);
    if (!stands)
        std::printf("%s: wrong_signer: the root is not signed by the operator\n", epoch.c_str());
    const Voucher* voucher = voucher_for(kept, document.root.epoch);
    if (voucher == nullptr) {
        std::printf("%s: nothing was promised until then\n", epoch.c_str());
        return stands;
    }
    const auto found = settle::prove(*voucher, document);
    for (const settle::Shortfall each : found)
        std::printf("%s: %s\n", epoch.c_str(), words_of(each, *voucher).c_str());
    if (!found.empty()) return false;
    std::printf(
        "%s: paid what is owed: voucher %lu, %s wei for %lu segments, is in the tree\n",
        epoch.c_str(),
        voucher->seq,
        to_text(voucher->earned).c_str(),
        voucher->segments
    );
    return stands;
}

void tell_corrections(const KeptReceipts& kept)
{
    const auto* open = kept.open_correction();
    for (const auto& each : kept.corrections) {
        std::printf(
            "%s: voucher %lu says %s wei in place of %s: %s\n",
            &each == open ? "agreed on, and not in force before it comes"
                          : "corrected, signed by both sides",
            each.correction.value.from_seq,
            to_text(each.correction.value.new_earned).c_str(),
            to_text(each.before).c_str(),
            each.reason.c_str()
        );
    }
}

int fail(const std::string& what)
{
    std::fprintf(stderr, "%s\n", what.c_str());
    return asked_wrongly;
}

}  // namespace

const CLI::App* add_prove_command(CLI::App& app, ProveSettings& settings)
{
    auto* prove = app.add_subcommand(
        "prove",
        "Holds this machine's own receipts against what a pool has published of its epochs."
    );
    prove->add_option("--receipts", settings.receipts, "folder of receipts, or one pool's file")
        ->required();
    prove
        ->add_option("--epoch", settings.epochs, "an epoch's document: a file or a http(s) address")
        ->required();
    return prove;
}

int run_prove(const ProveSettings& settings)
{
    const auto file = file_of(settings.receipts);
    if (!file) return fail(file.error().what);
    const auto text = files::read_whole(*file, receipts_bytes_max);
    if (!text) return fail(text.error().what);
    const auto kept = parse_receipts(*text);
    if (!kept) return fail(*file + ": " + kept.error().what);
    bool paid = true;
    for (const std::string& each : settings.epochs) {
        const auto published = fetch_text(each);
        if (!published) return fail(published.error().what);
        const auto document = store::parse_epoch(*published);
        if (!document) return fail(each + ": " + document.error().what);
        paid = prove_one(*kept, *document) && paid;
    }
    tell_corrections(*kept);
    if (!kept->due.empty()) {
        std::printf(
            "%zu results were handed over and are not promised by any voucher: in work, or lost "
            "when a connection or the pool ended\n",
            kept->due.size()
        );
    }
    return paid ? 0 : 1;
}

}  // namespace millpond
