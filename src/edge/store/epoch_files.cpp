#include "edge/store/epoch_files.hpp"

#include "edge/store/epoch_json.hpp"
#include "edge/store/secret_file.hpp"

#include <fstream>
#include <memory>

namespace millpond::store {
namespace {

namespace fs = std::filesystem;

/// Whoever reads the folder sees a document whole or not at all.
Result<void, Fault> write_whole(const fs::path& file, const std::string& text)
{
    fs::path half = file;
    half += ".new";
    {
        std::ofstream out{half, std::ios::binary};
        out << text;
        if (!out.flush()) return because(Fault{.what = half.string() + ": cannot be written"});
    }
    std::error_code error;
    fs::rename(half, file, error);
    if (error) return because(Fault{.what = file.string() + ": " + error.message()});
    return {};
}

}  // namespace

Result<std::unique_ptr<EpochFiles>, Fault> EpochFiles::open(
    fs::path folder, const StoredJournal& journal, net::Workers& files
)
{
    for (const char* inner : {"secrets", "epochs"}) {
        std::error_code error;
        fs::create_directories(folder / inner, error);
        if (error)
            return because(Fault{.what = (folder / inner).string() + ": " + error.message()});
    }
    fs::permissions(folder / "secrets", fs::perms::owner_all);
    return std::unique_ptr<EpochFiles>{new EpochFiles{std::move(folder), journal, files}};
}

Result<Hash32, Fault> EpochFiles::secret(std::uint64_t epoch)
{
    return load_or_make_secret(folder_ / "secrets" / std::to_string(epoch));
}

Task<Result<void, Fault>> EpochFiles::publish(settle::EpochDocument document)
{
    const fs::path file = folder_ / "epochs" / (std::to_string(document.root.epoch) + ".json");
    auto written = co_await files_.run([file, document = std::move(document)] {
        return write_whole(file, to_json(document));
    });
    co_return written;
}

}  // namespace millpond::store
