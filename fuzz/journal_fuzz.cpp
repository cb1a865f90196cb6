// deps: millpond::edge::store
// Whole rows of a journal that somebody else wrote. Either the input is an SQLite file, or each of
// its lines is a row `KIND BODY` of a chain that holds; `!` before a line breaks the chain there,
// `?` leaves a gap.
#include "base/assert.hpp"
#include "edge/store/entry_json.hpp"
#include "edge/store/verify.hpp"

#include <filesystem>
#include <fstream>

#include <unistd.h>

using namespace millpond;
using namespace millpond::store;

namespace {

class Lines final : public Table {
public:
    explicit Lines(std::string_view text) : text_(text) {}

    Result<void, Fault> append(const std::vector<Row>&) override { return {}; }

    Result<std::optional<Row>, Fault> last() override { return std::nullopt; }

    Result<std::optional<Row>, Fault> last_join() override { return std::nullopt; }

    Result<void, Fault> read(std::uint64_t, const Each& each) override
    {
        Hash32 before{};
        std::uint64_t seq = 0;
        std::string_view left = text_;
        while (!left.empty()) {
            std::string_view line = left.substr(0, left.find('\n'));
            left.remove_prefix(std::min(line.size() + 1, left.size()));
            const char mark = line.empty() ? ' ' : line.front();
            if (mark == '!' || mark == '?') line.remove_prefix(1);
            seq += mark == '?' ? 2 : 1;
            const std::string_view kind = line.substr(0, line.find(' '));
            line.remove_prefix(std::min(kind.size() + 1, line.size()));
            Row row{.seq = seq, .kind = std::string{kind}, .body = std::string{line}};
            row.hash = before = chained(before, row);
            if (mark == '!') row.hash.front() ^= 1U;
            MILLPOND_ASSERT(!refused_);
            refused_ = !each(row);
            MILLPOND_ASSERT(refused_ || (mark != '!' && mark != '?'));
            if (refused_) return {};
        }
        return {};
    }

    [[nodiscard]] std::string name() const override { return "lines"; }

    [[nodiscard]] bool refused() const { return refused_; }

private:
    std::string_view text_;
    bool refused_ = false;
};

void verify_lines(std::string_view text)
{
    Lines lines{text};
    const auto summary = verify_journal(lines);
    MILLPOND_ASSERT(summary.has_value() == !lines.refused());
    if (!summary) return;
    MILLPOND_ASSERT(summary->claimed <= summary->assigned);
    MILLPOND_ASSERT(summary->accepted + summary->refused <= summary->claimed);
    MILLPOND_ASSERT(summary->delivered <= summary->accepted);
    // What was read is written again so that it reads the same.
    std::string again;
    Lines once{text};
    const auto read = read_journal(once, [&](std::uint64_t, const Entry& entry) {
        again += std::string{kind_of(entry.body)} + ' ' + to_json(entry.body) + '\n';
        return std::nullopt;
    });
    MILLPOND_ASSERT(read.has_value());
    Lines rewritten{again};
    const auto same = verify_journal(rewritten);
    MILLPOND_ASSERT(same.has_value());
    MILLPOND_ASSERT(same->entries == summary->entries);
}

void verify_file(std::string_view bytes)
{
    const auto path = std::filesystem::temp_directory_path() /
                      ("millpond_journal_fuzz_" + std::to_string(::getpid()));
    std::ofstream{path, std::ios::binary}.write(
        bytes.data(), static_cast<std::streamsize>(bytes.size())
    );
    std::ignore = verify_journal(path);
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
        std::filesystem::remove(path.string() + suffix);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = as_text({data, size});
    if (text.starts_with("SQLite format 3"))
        verify_file(text);
    else
        verify_lines(text);
    return 0;
}
