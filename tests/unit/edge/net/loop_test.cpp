// deps: millpond::edge::net
#include "edge/net/loop.hpp"

#include <algorithm>
#include <functional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

using namespace millpond;

namespace {

TEST(Loop, runs_what_each_thread_posts_once_and_in_its_order)
{
    constexpr int threads = 4;
    constexpr int posts = 20'000;
    net::Loop loop;
    std::vector<std::vector<int>> ran(threads);
    int left = threads * posts;
    std::vector<std::jthread> posters;
    for (int thread = 0; thread < threads; ++thread) {
        posters.emplace_back([&, thread] {
            for (int i = 0; i < posts; ++i) {
                loop.post([&, thread, i] {
                    ran[static_cast<std::size_t>(thread)].push_back(i);
                    if (--left == 0) loop.stop();
                });
            }
        });
    }
    loop.run();
    for (const auto& own : ran) {
        ASSERT_EQ(own.size(), posts);
        EXPECT_TRUE(std::ranges::is_sorted(own));
    }
}

TEST(Loop, gives_timers_their_turn_between_posts_that_post_again)
{
    net::Loop loop;
    std::function<void()> again = [&] { loop.post([&] { again(); }); };
    again();
    loop.at(loop.now() + std::chrono::milliseconds{1}, [&] { loop.stop(); });
    loop.run();
}

TEST(Loop, runs_after_a_stop_what_was_posted_before_it)
{
    net::Loop loop;
    std::vector<int> ran;
    loop.post([&] { ran.push_back(1); });
    loop.post([&] {
        ran.push_back(2);
        loop.post([&] {
            ran.push_back(4);
            loop.stop();
        });
        loop.stop();
    });
    loop.post([&] { ran.push_back(3); });
    loop.run();
    EXPECT_EQ(ran, (std::vector{1, 2}));
    loop.run();
    EXPECT_EQ(ran, (std::vector{1, 2, 3, 4}));
}

}  // namespace
