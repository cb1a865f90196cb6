#include "edge/store/snapshot_files.hpp"

#include "crypto/digest.hpp"
#include "edge/files/durable.hpp"

#include <algorithm>
#include <charconv>
#include <ranges>
#include <string>

namespace millpond::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kept = 2;
constexpr std::string_view magic = "millpond snapshot 1\n";
constexpr std::string_view extension = ".snapshot";

void append_number(Bytes& bytes, std::uint64_t value)
{
    for (unsigned shift = 64; shift > 0; shift -= 8)
        bytes.push_back(static_cast<std::uint8_t>(value >> (shift - 8)));
}

std::uint64_t take_number(ByteView& bytes)
{
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes.first(8))
        value = value << 8U | byte;
    bytes = bytes.subspan(8);
    return value;
}

Hash32 take_hash(ByteView& bytes)
{
    Hash32 hash{};
    std::ranges::copy(bytes.first(hash.size()), hash.begin());
    bytes = bytes.subspan(hash.size());
    return hash;
}

/// The epoch that a file is named for; 0 for any other file.
std::uint64_t epoch_of(const fs::path& file)
{
    if (file.extension() != extension) return 0;
    const std::string name = file.stem();
    std::uint64_t epoch = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), epoch);
    return read.ptr == name.data() + name.size() ? epoch : 0;
}

}  // namespace

Bytes encode_snapshot_file(const Snapshot& snapshot)
{
    Bytes inside;
    append_number(inside, snapshot.epoch);
    append_number(inside, snapshot.behind.seq);
    inside.insert(inside.end(), snapshot.behind.hash.begin(), snapshot.behind.hash.end());
    inside.insert(inside.end(), snapshot.known.begin(), snapshot.known.end());
    const Hash32 sum = crypto::sha256(inside);
    Bytes bytes{magic.begin(), magic.end()};
    bytes.insert(bytes.end(), sum.begin(), sum.end());
    bytes.insert(bytes.end(), inside.begin(), inside.end());
    return bytes;
}

Result<Snapshot, Fault> parse_snapshot_file(ByteView bytes)
{
    if (!as_text(bytes).starts_with(magic)) return because(Fault{.what = "is no snapshot"});
    ByteView left = bytes.subspan(magic.size());
    constexpr std::size_t head = 2 * sizeof(Hash32) + 2 * sizeof(std::uint64_t);
    if (left.size() < head) return because(Fault{.what = "is cut short"});
    const Hash32 sum = take_hash(left);
    if (crypto::sha256(left) != sum) return because(Fault{.what = "is damaged: its sum differs"});
    Snapshot snapshot;
    snapshot.epoch = take_number(left);
    snapshot.behind.seq = take_number(left);
    snapshot.behind.hash = take_hash(left);
    snapshot.known.assign(left.begin(), left.end());
    return snapshot;
}

Result<void, Fault> SnapshotFiles::keep(const Snapshot& snapshot) const
{
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) return because(Fault{.what = folder_.string() + ": " + error.message()});
    const fs::path file = folder_ / (std::to_string(snapshot.epoch) + std::string{extension});
    const Bytes bytes = encode_snapshot_file(snapshot);
    auto written = files::write_durably(file.string(), as_text(bytes));
    if (!written) return written;
    for (const fs::path& old : all() | std::views::drop(kept))
        fs::remove(old, error);
    return {};
}

std::vector<fs::path> SnapshotFiles::all() const
{
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& each : fs::directory_iterator{folder_, error}) {
        if (epoch_of(each.path()) != 0) found.push_back(each.path());
    }
    std::ranges::sort(found, std::ranges::greater{}, epoch_of);
    return found;
}

Result<Snapshot, Fault> SnapshotFiles::read(const fs::path& file)
{
    std::error_code error;
    const auto size = fs::file_size(file, error);
    if (error) return because(Fault{.what = file.string() + ": " + error.message()});
    MILLPOND_TRY(const std::string text, files::read_whole(file.string(), size));
    auto parsed = parse_snapshot_file(as_bytes(text));
    if (!parsed) return because(Fault{.what = file.string() + " " + parsed.error().what});
    return parsed;
}

}  // namespace millpond::store
