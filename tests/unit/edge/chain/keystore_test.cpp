#include "edge/chain/keystore.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace millpond::chain {
namespace {

constexpr ScryptCost cheap{.n = 1024, .r = 8, .p = 1};

crypto::PrivateKey some_key()
{
    return *crypto::PrivateKey::parse(
        *parse_hex("7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d")
    );
}

/// Made with `cast wallet import` of Foundry 1.7.
constexpr std::string_view example = R"({
    "crypto": {
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": "192decc7725bfb4a2870a5132ca09e4e"},
        "ciphertext": "c082c79ba571ee3c29e7358414b137899c6a11b80d7c6a8fd55517acf2feec52",
        "kdf": "scrypt",
        "kdfparams": {"dklen": 32, "n": 8192, "p": 1, "r": 8,
            "salt": "bde080c995cab74dd059b255c527bfc62074a5f78ba1d6b09b9055fba44b8f58"},
        "mac": "ffdadd3b7b63cbc6269b921b908d798cdefa1586f885621a233a17ab471181fb"},
    "id": "4dabcb76-7137-4e6c-b921-63ab6be15938",
    "version": 3})";

std::string replaced(std::string text, std::string_view what, std::string_view by)
{
    return text.replace(text.find(what), what.size(), by);
}

/// A folder that goes with the test.
class Folder {
public:
    Folder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "keystore-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }

    ~Folder() { std::filesystem::remove_all(path_); }

    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] std::string file(std::string_view name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

TEST(Keystore, opens_what_foundry_has_sealed)
{
    const auto key = open_key(example, "testpassword");
    ASSERT_TRUE(key) << key.error().what;
    EXPECT_EQ(key->address(), some_key().address());
}

TEST(Keystore, opens_what_it_has_sealed)
{
    const std::string sealed = seal_key(some_key(), "pass", cheap);
    EXPECT_EQ(sealed.find(to_hex(some_key().bytes())), std::string::npos);
    const auto key = open_key(sealed, "pass");
    ASSERT_TRUE(key) << key.error().what;
    EXPECT_EQ(key->address(), some_key().address());
    EXPECT_NE(seal_key(some_key(), "pass", cheap), sealed) << "salted";
}

TEST(Keystore, says_that_a_password_is_wrong)
{
    const auto key = open_key(seal_key(some_key(), "pass", cheap), "Pass");
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().what, "the password does not open it");
}

TEST(Keystore, refuses_a_changed_ciphertext)
{
    const std::string changed = replaced(std::string{example}, "c082c7", "000000");
    EXPECT_FALSE(open_key(changed, "testpassword"));
}

TEST(Keystore, refuses_costs_that_would_take_the_machine)
{
    for (const auto* n : {"2147483648", "0", "262143"}) {
        const std::string costly = replaced(std::string{example}, "8192", n);
        const auto key = open_key(costly, "testpassword");
        ASSERT_FALSE(key);
        EXPECT_EQ(key.error().what, "asks for a cost that is not allowed") << n;
    }
}

TEST(Keystore, refuses_other_forms)
{
    for (const auto& [what, by] : {
             std::pair{"aes-128-ctr", "aes-128-cbc"},
             std::pair{"\"scrypt\"", "\"pbkdf2\""},
             std::pair{"\"version\": 3", "\"version\": 1"},
             std::pair{"192decc7725bfb4a2870a5132ca09e4e", "83db"},
             std::pair{"\"dklen\": 32", "\"dklen\": 16"},
             std::pair{"\"mac\"", "\"mic\""},
         }) {
        const auto key = open_key(replaced(std::string{example}, what, by), "testpassword");
        ASSERT_FALSE(key);
        EXPECT_EQ(key.error().what, "is no keystore of scrypt and aes-128-ctr") << what;
    }
    EXPECT_FALSE(open_key("", ""));
    EXPECT_FALSE(open_key("[]", ""));
}

TEST(KeystoreFile, is_for_its_owner_only_and_never_written_over)
{
    const Folder folder;
    const std::string path = folder.file("key.json");
    ASSERT_TRUE(write_keystore(path, seal_key(some_key(), "pass", cheap)));
    EXPECT_EQ(
        std::filesystem::status(path).permissions(),
        std::filesystem::perms::owner_read | std::filesystem::perms::owner_write
    );
    EXPECT_TRUE(read_keystore(path, "pass"));
    EXPECT_FALSE(write_keystore(path, "another"));
}

TEST(KeystoreFile, that_others_may_read_is_refused)
{
    const Folder folder;
    const std::string path = folder.file("key.json");
    ASSERT_TRUE(write_keystore(path, seal_key(some_key(), "pass", cheap)));
    std::filesystem::permissions(
        path, std::filesystem::perms::group_read, std::filesystem::perm_options::add
    );
    const auto key = read_keystore(path, "pass");
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().what, path + ": others may read it; chmod 600");
    EXPECT_FALSE(read_password(path));
}

TEST(PasswordFile, gives_its_line_without_the_end)
{
    const Folder folder;
    const std::string path = folder.file("password");
    std::ofstream{path} << "correct horse\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_read);
    EXPECT_EQ(*read_password(path), "correct horse");
}

/// A foreign program opens ours, and we open its.
TEST(KeystoreFile, is_foundrys_as_well)
{
    const std::string cast = MILLPOND_SOURCE_DIR "/contracts/node_modules/.bin/cast";
    if (!std::filesystem::exists(cast)) GTEST_SKIP() << "the contracts' toolchain is not installed";
    const Folder folder;
    const std::string ours = folder.file("ours");
    ASSERT_TRUE(write_keystore(ours, seal_key(some_key(), "pass", cheap)));
    const std::string where = std::filesystem::path{ours}.parent_path();
    const std::string out = folder.file("out");
    const std::string look = cast + " wallet decrypt-keystore ours --keystore-dir " + where +
                             " --unsafe-password pass > " + out;
    ASSERT_EQ(std::system(look.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
    std::string said;
    std::getline(std::ifstream{out}, said, '\0');
    EXPECT_NE(said.find(to_hex(some_key().bytes())), std::string::npos) << said;

    const std::string import = cast + " wallet import theirs --keystore-dir " + where +
                               " --unsafe-password pass --private-key " +
                               to_hex(some_key().bytes()) + " > " + out;
    ASSERT_EQ(std::system(import.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
    const std::string theirs = folder.file("theirs");
    std::filesystem::permissions(
        theirs, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write
    );
    const auto key = read_keystore(theirs, "pass");
    ASSERT_TRUE(key) << key.error().what;
    EXPECT_EQ(key->address(), some_key().address());
}

}  // namespace
}  // namespace millpond::chain
