#include "edge/store/epoch_json.hpp"

#include "edge/store/internal/book_fields.hpp"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>

namespace millpond::store {

template <typename Io>
void fields(Io& io, As<Io, settle::EpochAudit>& value)
{
    io("anchor", value.anchor);
    io("beacon", value.beacon);
    io("journal", value.journal);
    io("policy", value.policy);
    io("tasks", value.tasks);
    io("tasks_root", value.tasks_root);
    io("ticks", value.ticks);
}

template <typename Io>
void fields(Io& io, As<Io, settle::Leaf>& value)
{
    io("account", value.account);
    io("earned", value.earned);
    io("epoch", value.epoch);
    io("flags", value.flags);
    io("hold_seconds", value.hold_seconds);
    io("pool", value.pool);
    io("segments", value.segments);
}

template <typename Io>
void fields(Io& io, As<Io, settle::EpochDocument>& value)
{
    io("audit", value.audit);
    io("disclosure", value.disclosure);
    io("leaves", value.leaves);
    io("root", value.root);
    io("secret", value.secret);
    io("signature", value.signature);
}

namespace {

/// The number that a file's name stands for; nothing for any other name.
std::optional<std::uint64_t> number_of_file(const std::filesystem::path& path)
{
    const std::string stem = path.stem().string();
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
    const bool whole = error == std::errc{} && end == stem.data() + stem.size();
    if (!whole || path.filename() != std::to_string(number) + ".json") return std::nullopt;
    return number;
}

Result<settle::EpochDocument, Fault> read_epoch(const std::string& path, std::uint64_t number)
{
    std::ifstream in{path, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in) return because(Fault{.what = path + " cannot be read"});
    auto document = parse_epoch(text);
    if (!document) return because(Fault{.what = path + ": " + document.error().what});
    if (document->root.epoch != number)
        return because(Fault{.what = path + " is of epoch " + std::to_string(document->root.epoch)}
        );
    return document;
}

}  // namespace

std::string to_json(const settle::EpochDocument& document)
{
    std::string out;
    ObjectText json{out};
    FieldWriter io{json};
    fields(io, document);
    json.close();
    return out;
}

Result<settle::EpochDocument, Fault> parse_epoch(std::string_view text)
{
    try {
        const Json json = Json::parse(text);
        settle::EpochDocument document;
        FieldReader io{json};
        fields(io, document);
        return document;
    } catch (const std::exception& error) {
        return because(Fault{.what = error.what()});
    }
}

std::string epoch_file(const std::string& folder, std::uint64_t epoch)
{
    return std::filesystem::path{folder} / (std::to_string(epoch) + ".json");
}

Result<std::vector<settle::EpochDocument>, Fault> read_epochs(const std::string& folder)
{
    std::error_code error;
    std::set<std::uint64_t> numbers;
    for (auto each = std::filesystem::directory_iterator{folder, error};
         !error && each != std::filesystem::directory_iterator{};
         each.increment(error)) {
        if (const auto number = number_of_file(each->path())) numbers.insert(*number);
    }
    if (error) return because(Fault{.what = folder + ": " + error.message()});
    std::vector<settle::EpochDocument> documents;
    for (const std::uint64_t number : numbers) {
        MILLPOND_TRY(auto document, read_epoch(epoch_file(folder, number), number));
        documents.push_back(std::move(document));
    }
    return documents;
}

}  // namespace millpond::store
