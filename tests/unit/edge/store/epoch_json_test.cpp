#include "edge/store/epoch_json.hpp"

#include "tests/support/temp_dir.hpp"
#include "tests/unit/edge/store/book_samples.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace millpond::store {
namespace {

using Json = nlohmann::json;

settle::EpochDocument document_of(std::uint64_t epoch)
{
    const PoolId pool{some_hash(1)};
    settle::EpochDocument document{
        .root =
            {.pool = pool,
             .epoch = epoch,
             .sum_root = some_hash(2),
             .total_earned = Wei::max(),
             .audit_root = some_hash(3),
             .next_anchor = some_hash(4)},
        .audit =
            {.tasks_root = some_hash(5),
             .tasks = 6,
             .policy = some_hash(7),
             .anchor = some_hash(8),
             .ticks = 9,
             .beacon = some_hash(10),
             .journal = some_hash(11)},
        .secret = some_hash(12),
    };
    for (std::uint8_t number = 1; number <= 3; ++number) {
        document.leaves.push_back({
            .pool = pool,
            .epoch = epoch,
            .account = Address{{number}},
            .earned = Wei{number},
            .hold_seconds = 600,
            .segments = 5,
            .flags = 1,
        });
    }
    return document;
}

std::string refusal_of(const Json& json)
{
    const auto parsed = parse_epoch(json.dump());
    return parsed ? "taken" : parsed.error().what;
}

TEST(EpochJson, gives_back_a_document)
{
    const auto document = document_of(3);
    const std::string text = to_json(document);
    const auto back = parse_epoch(text);
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_EQ(*back, document);
    EXPECT_EQ(to_json(*back), text);
    EXPECT_EQ(Json::parse(text).dump(), text) << "keys in the order of the alphabet";
}

TEST(EpochJson, names_the_key_that_is_missing_or_odd)
{
    const Json whole = Json::parse(to_json(document_of(3)));
    const Json flat = whole.flatten();
    for (const auto& [path, value] : flat.items()) {
        const Json::json_pointer at{path};
        Json less = whole;
        less.at(at.parent_pointer()).erase(at.back());
        EXPECT_TRUE(refusal_of(less).contains(at.back())) << path << ": " << refusal_of(less);
        for (const Json& odd : {Json(1.5), Json("0z"), Json(), Json(std::string(66, '0'))}) {
            Json bent = whole;
            bent[at] = odd;
            EXPECT_TRUE(refusal_of(bent).contains(at.back())) << path << " as " << odd;
        }
    }
    EXPECT_FALSE(parse_epoch("[]"));
    EXPECT_FALSE(parse_epoch(""));
}

TEST(EpochJson, reads_a_folder_in_the_order_of_the_numbers)
{
    const TempDir folder;
    for (const std::uint64_t epoch : {10U, 9U, 11U})
        std::ofstream{epoch_file(folder.path(), epoch)} << to_json(document_of(epoch));
    std::ofstream{folder.path() / "010.json"} << "not the name of a number";
    std::ofstream{folder.path() / "notes.json"} << "nor this";
    const auto documents = read_epochs(folder.path());
    ASSERT_TRUE(documents) << documents.error().what;
    ASSERT_EQ(documents->size(), 3U);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ((*documents)[i].root.epoch, 9 + i);
}

TEST(EpochJson, names_the_file_that_is_no_document)
{
    const TempDir folder;
    std::ofstream{epoch_file(folder.path(), 1)} << to_json(document_of(2));
    EXPECT_EQ(
        read_epochs(folder.path()).error().what, epoch_file(folder.path(), 1) + " is of epoch 2"
    );
    std::ofstream{epoch_file(folder.path(), 1)} << "{}";
    EXPECT_TRUE(read_epochs(folder.path()).error().what.starts_with(epoch_file(folder.path(), 1)));
    EXPECT_FALSE(read_epochs(folder.path() / "nowhere"));
}

}  // namespace
}  // namespace millpond::store
