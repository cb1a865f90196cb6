#include "edge/store/book_reader.hpp"

#include <optional>
#include <variant>

namespace millpond::store {

Result<BookReader, Fault> BookReader::open(const std::string& location, Bookkeeper& keeper)
{
    MILLPOND_TRY(Follower follower, Follower::open(location));
    return BookReader{std::move(follower), keeper};
}

Result<Snapshot, Fault> BookReader::take(const std::filesystem::path& file)
{
    MILLPOND_TRY(Snapshot snapshot, SnapshotFiles::read(file));
    const auto wrong = [&](const std::string& what) {
        return because(Fault{.what = file.string() + " " + what});
    };
    MILLPOND_TRY(const std::optional<Entry> entry, follower_.look_at(snapshot.behind));
    const auto* event = entry ? std::get_if<BookEvent>(&entry->body) : nullptr;
    const auto* ended = event == nullptr ? nullptr : std::get_if<EpochEnded>(event);
    if (ended == nullptr || ended->root.epoch != snapshot.epoch)
        return wrong("is of another journal");
    if (const auto resumed = keeper_->resume(snapshot.known, *ended); !resumed)
        return wrong("is not taken: " + resumed.error().what);
    follower_.go_on_behind(snapshot.behind);
    return snapshot;
}

BookReader::Start BookReader::start(const SnapshotFiles& snapshots)
{
    Start start;
    for (const auto& file : snapshots.all()) {
        const auto taken = take(file);
        if (taken) {
            start.epoch = taken->epoch;
            start.entry = taken->behind.seq;
            break;
        }
        start.refused.push_back(taken.error().what);
    }
    return start;
}

Result<void, Fault> BookReader::catch_up()
{
    return follower_.catch_up(
        [this](std::uint64_t, const Entry& entry) -> std::optional<std::string> {
            const auto* event = std::get_if<BookEvent>(&entry.body);
            if (event == nullptr) return std::nullopt;
            const auto taken = keeper_->replay(*event);
            return taken ? std::nullopt : std::optional{taken.error().what};
        }
    );
}

}  // namespace millpond::store
