#include "base/task.hpp"

#include "base/mailbox.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace millpond {
namespace {

Task<int> twice(int number)
{
    co_return 2 * number;
}

Task<void> add_letters(Mailbox<int>& box, std::vector<int>& seen)
{
    for (int i = 0; i < 3; ++i) {
        const int letter = co_await box.next();
        const int doubled = co_await twice(letter);
        seen.push_back(doubled);
    }
}

TEST(Task, waits_for_each_letter_in_order)
{
    Mailbox<int> box;
    std::vector<int> seen;
    box.push(1);
    spawn(add_letters(box, seen));
    EXPECT_EQ(seen, (std::vector{2}));
    box.push(2);
    box.push(3);
    EXPECT_EQ(seen, (std::vector{2, 4, 6}));
    EXPECT_TRUE(box.empty());
}

}  // namespace
}  // namespace millpond
