// What a newcomer sees of the chain, by the program that shows it.
#include "tests/support/anvil.hpp"
#include "tests/support/process.hpp"
#include "tests/support/sanitizer.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace millpond {
namespace {

TEST(DemoOnAChain, convicts_a_cheat_acquits_who_was_framed_and_adds_up_to_the_wei)
{
    if (!test::Anvil::installed()) GTEST_SKIP() << "the contracts' toolchain is not installed";
    if (sanitized) GTEST_SKIP() << "newcomers have to keep up with real time";
    const std::string build = MILLPOND_SOURCE_DIR "/contracts/build.sh >&2";
    ASSERT_EQ(std::system(build.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
    const TempDir folder;
    const std::string said = folder.path() / "said";
    Process demo{
        {MILLPOND_PROGRAM,
         "--log",
         "warn",
         "demo",
         "--chain-alone",
         "--anvil",
         test::Anvil::program(),
         "--artifacts",
         MILLPOND_SOURCE_DIR "/build/contracts/out",
         "--out",
         folder.path() / "demo"},
        said
    };
    const int code = demo.wait();
    std::ifstream in{said};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    EXPECT_EQ(code, 0) << text;
    for (const char* line :
         {"7 of 7 convict",
          "0 of 7 convict",
          "the cheat's bond is three tenths less",
          "ether and tokens add up to the last unit"})
        EXPECT_NE(text.find(line), std::string::npos) << line;
}

}  // namespace
}  // namespace millpond
