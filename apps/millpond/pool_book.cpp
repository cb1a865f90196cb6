#include "apps/millpond/pool_book.hpp"

#include "apps/millpond/book_settings.hpp"
#include "apps/millpond/pool_chain.hpp"
#include "core/policy/validate.hpp"
#include "crypto/keccak.hpp"
#include "edge/store/book_reader.hpp"
#include "edge/store/secret_file.hpp"

#include <filesystem>
#include <optional>
#include <thread>

#include <spdlog/spdlog.h>

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

/// Where it goes on from, told to whoever runs the pool.
void start_reading(store::BookReader& reader, const std::filesystem::path& folder)
{
    const auto start = reader.start(store::SnapshotFiles{folder / "snapshots"});
    for (const std::string& each : start.refused)
        spdlog::warn("snapshot {}", each);
    if (start.epoch != 0) {
        spdlog::info("from the snapshot of epoch {}, behind entry {}", start.epoch, start.entry);
    } else if (!start.refused.empty()) {
        spdlog::warn("no snapshot can be used: the whole journal is applied");
    }
}

/// Waits until the pool that writes is gone; `meanwhile` is called now and then.
Result<void, Fault> take_over(
    store::StoredJournal& journal,
    const std::string& location,
    const std::function<Result<void, Fault>()>& meanwhile
)
{
    constexpr std::chrono::milliseconds between_looks{100};
    spdlog::info("standing by");
    while (true) {
        if (auto done = meanwhile(); !done) return done;
        const auto taken = journal.take_pen(location);
        if (taken || !taken.error().retryable) return taken;
        std::this_thread::sleep_for(between_looks);
    }
}

Result<Keeping, Fault> make_keeping(
    net::Loop& loop,
    const PoolConfig& config,
    store::StoredJournal& journal,
    const crypto::PrivateKey& key
)
{
    Keeping keeping;
    keeping.files = std::make_unique<net::Workers>(loop, net::Workers::Settings{.name = "epochs"});
    MILLPOND_TRY(keeping.epochs, store::EpochFiles::open(config.data_dir, journal, *keeping.files));
    keeping.key = std::make_unique<OwnKey>(key);
    Receipts::Settings receipts{
        .key = keeping.key.get(),
        .verdict_function = verify::verdict_function_hash(config.pool.pictures.thresholds),
    };
    MILLPOND_TRY(const auto deployed, contracts_of(config));
    if (deployed) {
        receipts.domain = {
            .chain_id = deployed->chain, .contract = deployed->contracts.registry.value()
        };
    }
    MILLPOND_TRY(
        auto settings, make_book_settings(config, receipt::pool_id(receipts.domain, key.address()))
    );
    settings.receipts = receipts;
    keeping.book = std::make_unique<Bookkeeper>(std::move(settings), journal, *keeping.epochs);
    return keeping;
}

/// Brings the book to the journal's end with the pen in hand.
Result<void, Fault> read_book(
    const PoolConfig& config,
    const std::string& location,
    store::StoredJournal& journal,
    Bookkeeper& keeper
)
{
    if (!config.standby) {
        if (auto taken = journal.take_pen(location); !taken) return taken;
    }
    MILLPOND_TRY(auto reader, store::BookReader::open(location, keeper));
    start_reading(reader, config.data_dir);
    if (config.standby) {
        auto taken = take_over(journal, location, [&] { return reader.catch_up(); });
        if (!taken) return taken;
    }
    // Nobody else writes any more: what was written while the pen was taken is the rest.
    if (auto read = reader.catch_up(); !read) return read;
    if (config.standby) spdlog::warn("took over behind entry {}", reader.entries());
    return {};
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
    const auto nothing = [] { return Result<void, Fault>{}; };
    if (!config.book.keep) {
        const auto taken =
            config.standby ? take_over(journal, location, nothing) : journal.take_pen(location);
        if (!taken) return because(taken.error());
        return Keeping{};
    }
    MILLPOND_TRY(Keeping keeping, make_keeping(loop, config, journal, key));
    const auto read = read_book(config, location, journal, *keeping.book);
    if (!read) return because(read.error());
    if (auto begun = keeping.book->begin(loop.now()); !begun) return because(begun.error());
    const std::filesystem::path folder = config.data_dir;
    keeping.proofs = std::make_unique<store::EpochProofs>(loop, folder / "epochs");
    keeping.pages = std::make_unique<PublicApi>(loop, *keeping.book, *keeping.proofs);
    MILLPOND_TRY(keeping.operator_secret, store::load_or_make_secret(folder / "operator_secret"));
    return keeping;
}

}  // namespace millpond
