#include "edge/evidence/sealed.hpp"

#include "crypto/digest.hpp"
#include "crypto/sealing.hpp"
#include "edge/evidence/bundle.hpp"
#include "edge/files/durable.hpp"

#include <string>

namespace millpond::evidence {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".sealed";
/// A segment's source or rendition is smaller.
constexpr std::size_t file_bytes_max = 512U << 20U;
constexpr std::size_t files_max = 128;

Fault beside(const fs::path& path, const std::string& what)
{
    return {.what = path.string() + ": " + what};
}

/// Calls `take` with each of a folder's files.
template <typename Take>
Result<void, Fault> each_file(const fs::path& folder, Take take)
{
    std::size_t count = 0;
    std::error_code error;
    const fs::directory_iterator files{folder, error};
    if (error) return because(beside(folder, error.message()));
    for (const fs::directory_entry& entry : files) {
        if (!entry.is_regular_file(error)) return because(beside(entry.path(), "no file"));
        if (++count > files_max) return because(beside(folder, "too many files"));
        MILLPOND_TRY(
            const std::string text, files::read_whole(entry.path().string(), file_bytes_max)
        );
        if (auto taken = take(entry.path().filename().string(), as_bytes(text)); !taken)
            return because(beside(entry.path(), taken.error().what));
    }
    return {};
}

/// `folder` with what `fill` writes into it, whole or not at all.
template <typename Fill>
Result<void, Fault> made_whole(const fs::path& folder, Fill fill)
{
    std::error_code error;
    if (fs::exists(folder, error)) return because(beside(folder, "is there already"));
    const fs::path part = folder.string() + ".part";
    fs::remove_all(part, error);
    fs::create_directories(part, error);
    if (error) return because(beside(part, error.message()));
    auto filled = fill(part);
    if (filled) fs::rename(part, folder, error);
    if (filled && !error) return {};
    std::error_code ignored;
    fs::remove_all(part, ignored);
    if (!filled) return because(filled.error());
    return because(beside(folder, error.message()));
}

Result<void, Fault> write(const fs::path& path, ByteView bytes)
{
    return files::write_durably(path.string(), as_text(bytes));
}

}  // namespace

Result<Hash32, Fault> seal_bundle(const fs::path& bundle, const fs::path& sealed)
{
    if (const auto whole = read_bundle(bundle); !whole) return because(whole.error());
    Hash32 key{};
    crypto::fill_random(key);
    const auto done = made_whole(sealed, [&](const fs::path& part) {
        return each_file(bundle, [&](const std::string& name, ByteView plain) {
            return write(part / (name + std::string{ending}), crypto::seal(key, name, plain));
        });
    });
    if (!done) return because(done.error());
    return key;
}

Result<void, Fault> open_bundle(const fs::path& sealed, const Hash32& key, const fs::path& bundle)
{
    return made_whole(bundle, [&](const fs::path& part) -> Result<void, Fault> {
        auto opened =
            each_file(sealed, [&](const std::string& file, ByteView hidden) -> Result<void, Fault> {
                if (!file.ends_with(ending)) return because(Fault{.what = "is not sealed"});
                const std::string name = file.substr(0, file.size() - ending.size());
                const auto plain = crypto::unseal(key, name, hidden);
                if (!plain) return because(Fault{.what = "the key does not open it"});
                return write(part / name, *plain);
            });
        if (!opened) return opened;
        if (const auto whole = read_bundle(part); !whole) return because(whole.error());
        return {};
    });
}

}  // namespace millpond::evidence
