#include "edge/api/evidence_shelf.hpp"

#include "edge/net/loop.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>

#include <gtest/gtest.h>

namespace millpond {
namespace {

TEST(EvidencePath, names_a_task_and_a_file_of_its_bundle)
{
    const EvidenceQuestion wanted{.task = TaskId{7}, .file = "bundle.json"};
    EXPECT_EQ(parse_evidence_path("/api/v1/evidence/7/bundle.json"), wanted);
    EXPECT_TRUE(parse_evidence_path("/api/v1/evidence/7/source"));
    EXPECT_TRUE(parse_evidence_path("/api/v1/evidence/7/rendition-0.ts"));
    EXPECT_TRUE(parse_evidence_path("/api/v1/evidence/7/rendition-12.mp4"));
}

TEST(EvidencePath, names_nothing_beside_a_bundle)
{
    for (const char* path :
         {"/api/v1/evidence/7",
          "/api/v1/evidence/7/",
          "/api/v1/evidence/-7/source",
          "/api/v1/evidence/7/../8/source",
          "/api/v1/evidence/7/..",
          "/api/v1/evidence/x/source",
          "/api/v1/evidence/7/rendition-.ts",
          "/api/v1/evidence/7/rendition-0/../../operator_key",
          "/api/v1/evidence/7/rendition-0",
          "/api/v1/evidence/7/operator_key",
          "/api/v1/evidence/99999999999999999999/source"})
        EXPECT_FALSE(parse_evidence_path(path)) << path;
}

TEST(EvidenceShelf, gives_what_lies_there_and_nothing_where_nothing_does)
{
    TempDir folder;
    std::filesystem::create_directory(folder.path() / "7");
    std::ofstream{folder.path() / "7" / "source"} << "pictures";
    net::Loop loop;
    EvidenceShelf shelf{loop, folder.path()};
    std::optional<std::string> found;
    std::optional<std::string> missing = "something";
    spawn([](net::Loop& on, EvidenceShelf& from, auto& first, auto& second) -> Task<void> {
        EvidenceQuestion there{.task = TaskId{7}, .file = "source"};
        first = *co_await from.file(std::move(there));
        EvidenceQuestion elsewhere{.task = TaskId{8}, .file = "source"};
        second = *co_await from.file(std::move(elsewhere));
        on.stop();
    }(loop, shelf, found, missing));
    loop.run();
    EXPECT_EQ(found, "pictures");
    EXPECT_EQ(missing, std::nullopt);
}

}  // namespace
}  // namespace millpond
