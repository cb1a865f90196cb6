#include "apps/millpond/pool_book.hpp"

#include "apps/millpond/book_settings.hpp"
#include "core/policy/validate.hpp"
#include "crypto/keccak.hpp"
#include "edge/store/secret_file.hpp"
#include "edge/store/verify.hpp"

#include <filesystem>
#include <optional>

namespace millpond {
namespace {

/// Signs with a key in this process.
class OwnKey final : public OperatorKey {
public:
    explicit OwnKey(const crypto::PrivateKey& key) : key_(key) {}

    [[nodiscard]] Address address() const override { return Address{key_.address()}; }

    [[nodiscard]] crypto::Signature sign(const Hash32& digest) const override
    {
        return key_.sign_digest(digest);
    }

private:
    const crypto::PrivateKey& key_;
};

Result<BookSettings, Fault> make_book_settings(const PoolConfig& config, PoolId pool)
{
    MILLPOND_TRY(auto book, book_settings(config, pool));
    std::string violated;
    for (const auto& each : policy::validate(book.rules.parameters, book.rules.table))
        violated += (violated.empty() ? "" : "; ") + policy::to_text(each);
    if (!violated.empty()) return because(Fault{.what = "the policy cannot hold: " + violated});
    return BookSettings{
        .book = std::move(book),
        .price = config.book.price,
        .stream_class = config.book.stream_class,
        .tick = config.book.tick,
        .ticks = config.book.ticks,
    };
}

}  // namespace

Result<Keeping, Fault> open_book(
    net::Loop& loop,
    const PoolConfig& config,
    const std::string& location,
    store::StoredJournal& journal,
    const crypto::PrivateKey& key
)
{
    Keeping keeping;
    if (!config.book.keep) return keeping;
    keeping.files = std::make_unique<net::Workers>(loop, net::Workers::Settings{.name = "epochs"});
    MILLPOND_TRY(keeping.epochs, store::EpochFiles::open(config.data_dir, journal, *keeping.files));
    keeping.key = std::make_unique<OwnKey>(key);
    const Receipts::Settings receipts{
        .key = keeping.key.get(),
        .verdict_function = verify::verdict_function_hash(config.pool.pictures.thresholds),
    };
    MILLPOND_TRY(
        auto settings, make_book_settings(config, receipt::pool_id(receipts.domain, key.address()))
    );
    settings.receipts = receipts;
    keeping.book = std::make_unique<Bookkeeper>(std::move(settings), journal, *keeping.epochs);
    const auto replayed = store::read_journal(
        location,
        [&](std::uint64_t, const Entry& entry) -> std::optional<std::string> {
            const auto* event = std::get_if<BookEvent>(&entry.body);
            if (event == nullptr) return std::nullopt;
            const auto taken = keeping.book->replay(*event);
            return taken ? std::nullopt : std::optional{taken.error().what};
        }
    );
    if (!replayed) return because(replayed.error());
    if (auto begun = keeping.book->begin(loop.now()); !begun) return because(begun.error());
    const std::filesystem::path folder = config.data_dir;
    keeping.proofs = std::make_unique<store::EpochProofs>(loop, folder / "epochs");
    keeping.pages = std::make_unique<PublicApi>(loop, *keeping.book, *keeping.proofs);
    MILLPOND_TRY(keeping.operator_secret, store::load_or_make_secret(folder / "operator_secret"));
    return keeping;
}

}  // namespace millpond
