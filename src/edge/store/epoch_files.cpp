#include "edge/store/epoch_files.hpp"

#include "base/assert.hpp"
#include "crypto/digest.hpp"
#include "edge/files/durable.hpp"
#include "edge/store/epoch_json.hpp"
#include "edge/store/secret_file.hpp"

#include <memory>

namespace millpond::store {
namespace {

namespace fs = std::filesystem;

/// Whoever reads the folder sees a document whole or not at all, and everybody may read it.
Result<void, Fault> write_document(const fs::path& file, const settle::EpochDocument& document)
{
    if (auto written = files::write_durably(file.string(), to_json(document)); !written)
        return written;
    std::error_code error;
    const auto readers = fs::perms::group_read | fs::perms::others_read;
    fs::permissions(file, readers, fs::perm_options::add, error);
    if (error) return because(Fault{.what = file.string() + ": " + error.message()});
    return {};
}

}  // namespace

Result<std::unique_ptr<EpochFiles>, Fault> EpochFiles::open(
    fs::path folder, const StoredJournal& journal, net::Workers& files
)
{
    std::error_code error;
    fs::create_directories(folder / "epochs", error);
    if (error) return because(Fault{.what = (folder / "epochs").string() + ": " + error.message()});
    MILLPOND_TRY(const Hash32 master, load_or_make_secret(folder / "epoch_secret"));
    return std::unique_ptr<EpochFiles>{new EpochFiles{std::move(folder), master, journal, files}};
}

Result<Hash32, Fault> EpochFiles::secret(std::uint64_t epoch)
{
    return crypto::hmac_sha256(master_, as_bytes("seeds of epoch " + std::to_string(epoch)));
}

Task<Result<void, Fault>> EpochFiles::publish(settle::EpochDocument document)
{
    const fs::path file = epoch_file((folder_ / "epochs").string(), document.root.epoch);
    auto written = co_await files_.run([file, document = std::move(document)] {
        return write_document(file, document);
    });
    co_return written;
}

bool EpochFiles::published(std::uint64_t epoch) const
{
    std::error_code error;
    return fs::exists(epoch_file((folder_ / "epochs").string(), epoch), error);
}

Result<void, Fault> EpochFiles::publish_late(const settle::EpochDocument& document)
{
    return write_document(epoch_file((folder_ / "epochs").string(), document.root.epoch), document);
}

Task<Result<void, Fault>> EpochFiles::keep(std::uint64_t epoch, Bytes snapshot)
{
    const auto behind = journal_.epoch_end();
    MILLPOND_ASSERT(behind);  // its end is durable
    auto written = co_await files_.run(
        [this, all = Snapshot{.epoch = epoch, .behind = *behind, .known = std::move(snapshot)}] {
            return snapshots_.keep(all);
        }
    );
    co_return written;
}

}  // namespace millpond::store
