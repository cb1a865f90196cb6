#include "edge/metrics/metrics.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

TEST(Metrics, are_told_in_prometheus_text_form)
{
    Metrics metrics;
    metrics.describe("a_total", "things");
    metrics.count("a_total", {{"who", "x\"y"}});
    metrics.count("a_total", {{"who", "x\"y"}}, 2);
    EXPECT_EQ(
        metrics.text(), "# HELP a_total things\n# TYPE a_total counter\na_total{who=\"x\\\"y\"} 3\n"
    );
}

TEST(Metrics, count_past_the_bound_under_other)
{
    Metrics metrics{2};
    for (int i = 0; i < 10; ++i)
        metrics.count("a", {{"who", std::to_string(i)}});
    EXPECT_EQ(metrics.value("a", {{"who", "1"}}), 1);
    EXPECT_EQ(metrics.value("a", {{"who", "other"}}), 8);
}

TEST(Metrics, forget_who_is_gone)
{
    Metrics metrics;
    metrics.count("a", {{"who", "1"}});
    metrics.forget("who", "1");
    EXPECT_EQ(metrics.value("a", {{"who", "1"}}), 0);
}

TEST(Metrics, put_observations_into_buckets)
{
    Metrics metrics;
    metrics.observe("t", 0.3);
    const auto text = metrics.text();
    EXPECT_NE(text.find("t_bucket{le=\"0.25\"} 0\n"), std::string::npos);
    EXPECT_NE(text.find("t_bucket{le=\"0.5\"} 1\n"), std::string::npos);
    EXPECT_NE(text.find("t_count 1\n"), std::string::npos);
}

}  // namespace
}  // namespace millpond
