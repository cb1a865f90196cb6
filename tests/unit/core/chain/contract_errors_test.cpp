#include "core/chain/contract_errors.hpp"

#include "core/chain/abi.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include <gtest/gtest.h>

namespace millpond::chain {
namespace {

/// Every error of the contracts' interfaces.
TEST(ErrorText, names_every_error_of_the_contracts)
{
    int named = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator{MILLPOND_SOURCE_DIR "/contracts/src/interfaces"}) {
        std::ifstream in{entry.path()};
        const std::string text{std::istreambuf_iterator<char>{in}, {}};
        const std::regex error{R"(error (\w+)\(\);)"};
        for (std::sregex_iterator found{text.begin(), text.end(), error}, end; found != end;
             ++found) {
            const std::string name = (*found)[1];
            EXPECT_EQ(error_text(selector_of(name + "()")), name);
            ++named;
        }
    }
    EXPECT_GT(named, 80);
}

TEST(ErrorText, quotes_a_requires_text)
{
    const Bytes text{'n', 'o'};
    EXPECT_EQ(error_text(call_of("Error(string)", Abi{}.bytes(text))), "no");
    const Bytes control{'n', 7};
    EXPECT_EQ(error_text(call_of("Error(string)", Abi{}.bytes(control))), "0x08c379a0");
}

TEST(ErrorText, gives_the_selector_of_what_it_does_not_know)
{
    EXPECT_EQ(error_text(Bytes{1, 2, 3, 4, 5}), "0x01020304");
    EXPECT_EQ(error_text({}), "without a reason");
}

}  // namespace
}  // namespace millpond::chain
