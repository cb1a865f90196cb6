#include "edge/chain/log_watch.hpp"

#include "edge/chain/internal/answers.hpp"
#include "edge/files/durable.hpp"

#include <algorithm>
#include <filesystem>

namespace millpond::chain {
namespace {

constexpr std::uint64_t blocks_at_once = 1'000;
constexpr std::size_t marks_max = 64;
constexpr std::size_t file_bytes_max = 65'536;

Fault moving()
{
    return {.what = "the chain was reorganised while it was read", .retryable = true};
}

}  // namespace

std::string to_json(const Cursor& cursor)
{
    Json marks = Json::array();
    for (const auto& mark : cursor.marks)
        marks.push_back({{"block", mark.block}, {"hash", data_text(mark.hash)}});
    return Json{{"next", cursor.next}, {"marks", std::move(marks)}}.dump();
}

std::optional<Cursor> parse_cursor(std::string_view json)
{
    const Json read = Json::parse(json, nullptr, false);
    if (!read.is_object() || !read.contains("next") || !read.contains("marks")) return std::nullopt;
    const Json& next = read["next"];
    const Json& marks = read["marks"];
    if (!next.is_number_unsigned() || !marks.is_array()) return std::nullopt;
    Cursor cursor{.next = next.get<std::uint64_t>()};
    for (const Json& mark : marks) {
        const bool whole = mark.is_object() && mark.contains("block") && mark.contains("hash") &&
                           mark["block"].is_number_unsigned();
        const auto hash = whole ? hash_of(mark["hash"]) : std::nullopt;
        if (!hash) return std::nullopt;
        const auto block = mark["block"].get<std::uint64_t>();
        const bool rising = cursor.marks.empty() || cursor.marks.back().block < block;
        if (!rising || block >= cursor.next) return std::nullopt;
        cursor.marks.push_back({.block = block, .hash = *hash});
    }
    return cursor;
}

Result<LogWatch, Fault> LogWatch::open(Node& node, Settings settings)
{
    Cursor cursor{.next = settings.from};
    std::error_code error;
    if (std::filesystem::exists(settings.path, error)) {
        MILLPOND_TRY(const std::string text, files::read_whole(settings.path, file_bytes_max));
        auto read = parse_cursor(text);
        if (!read) return because(Fault{.what = settings.path + ": is no cursor"});
        cursor = std::move(*read);
    }
    return LogWatch{node, std::move(settings), std::move(cursor)};
}

Result<std::optional<LogBatch>, Fault> LogWatch::poll()
{
    LogBatch batch{.after = cursor_};
    MILLPOND_TRY(batch.rewound_to, rewind(batch.after));
    MILLPOND_TRY(const Block head, node_->head());
    const std::uint64_t from = batch.after.next;
    const bool deep = head.number >= settings_.confirmations;
    const std::uint64_t safe = deep ? head.number - settings_.confirmations : 0;
    if (!deep || from > safe) {
        if (!batch.rewound_to) return std::optional<LogBatch>{};
        return std::optional{std::move(batch)};
    }
    const std::uint64_t to = std::min(safe, from + blocks_at_once - 1);
    MILLPOND_TRY(const auto before, node_->agreed_block(to));
    MILLPOND_TRY(
        batch.logs, node_->logs({.contracts = settings_.contracts, .from = from, .to = to})
    );
    MILLPOND_TRY(const auto after, node_->agreed_block(to));
    if (!before || !after || before->hash != after->hash) return because(moving());
    const bool within = std::ranges::all_of(batch.logs, [&](const Log& log) {
        return log.block >= from && log.block <= to &&
               std::ranges::count(settings_.contracts, log.contract) > 0;
    });
    if (!within)
        return because(Fault{.what = "a node gave logs nobody asked for", .retryable = true});
    std::ranges::sort(batch.logs, {}, [](const Log& log) {
        return std::pair{log.block, log.index};
    });
    batch.after.next = to + 1;
    batch.after.marks.push_back({.block = to, .hash = after->hash});
    if (batch.after.marks.size() > marks_max) batch.after.marks.erase(batch.after.marks.begin());
    return std::optional{std::move(batch)};
}

Result<void, Fault> LogWatch::commit(const LogBatch& batch)
{
    if (auto kept = files::write_durably(settings_.path, to_json(batch.after)); !kept) return kept;
    cursor_ = batch.after;
    return {};
}

/// Back to the last mark that is still on the chain.
Result<std::optional<std::uint64_t>, Fault> LogWatch::rewind(Cursor& cursor)
{
    std::optional<std::uint64_t> to;
    while (!cursor.marks.empty()) {
        const Cursor::Mark mark = cursor.marks.back();
        MILLPOND_TRY(const auto block, node_->agreed_block(mark.block));
        if (block && block->hash == mark.hash) return to;
        cursor.marks.pop_back();
        cursor.next = cursor.marks.empty() ? settings_.from : cursor.marks.back().block + 1;
        to = cursor.next;
    }
    return to;
}

}  // namespace millpond::chain
