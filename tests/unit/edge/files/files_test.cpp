#include "edge/files/durable.hpp"
#include "edge/files/key_file.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>

#include <gtest/gtest.h>

namespace millpond::files {
namespace {

using std::filesystem::perms;

perms others_of(const std::string& path)
{
    return std::filesystem::status(path).permissions() & (perms::group_all | perms::others_all);
}

TEST(KeyFile, is_made_once_and_for_its_owner_alone)
{
    const TempDir folder;
    const std::string path = folder.path() / "key";
    const auto first = load_or_make_key(path);
    ASSERT_TRUE(first);
    EXPECT_TRUE(first->made);
    EXPECT_EQ(others_of(path), perms::none);
    const auto again = load_or_make_key(path);
    ASSERT_TRUE(again);
    EXPECT_FALSE(again->made);
    EXPECT_EQ(again->key.address(), first->key.address());
}

TEST(KeyFile, with_anything_else_in_it_is_named_and_left_alone)
{
    const TempDir folder;
    const std::string path = folder.path() / "key";
    std::ofstream{path} << "0123";
    const auto refused = load_or_make_key(path);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().what.ends_with("is not a private key of 64 hex digits"));
    EXPECT_EQ(*read_whole(path, 10), "0123");
}

TEST(DurableFile, replaces_what_was_there_as_a_whole)
{
    const TempDir folder;
    const std::string path = folder.path() / "file";
    EXPECT_TRUE(write_durably(path, "first"));
    EXPECT_TRUE(write_durably(path, "second"));
    EXPECT_EQ(*read_whole(path, 100), "second");
    EXPECT_EQ(others_of(path), perms::none);
    EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST(DurableFile, says_why_it_could_not_be_written_or_read)
{
    const TempDir folder;
    const std::string path = folder.path() / "missing" / "file";
    EXPECT_TRUE(write_durably(path, "x").error().what.contains("No such file"));
    EXPECT_TRUE(read_whole(path, 10).error().what.ends_with("cannot be read"));
    const std::string long_one = folder.path() / "long";
    EXPECT_TRUE(write_durably(long_one, "0123456789"));
    EXPECT_EQ(*read_whole(long_one, 10), "0123456789");
    EXPECT_TRUE(read_whole(long_one, 9).error().what.ends_with("is too long"));
}

}  // namespace
}  // namespace millpond::files
