#include "tests/unit/core/book/pool_days.hpp"

namespace millpond::book {
namespace {

policy::Rules other_rules(std::uint64_t Parameters::* field, std::uint64_t value)
{
    Parameters parameters = short_rules().rules.parameters;
    parameters.*field = value;
    return policy::make_rules(parameters, short_rules().rules.table);
}

RulesPublished published(const policy::Rules& rules, std::uint64_t from, Time at)
{
    return {
        .from_epoch = from,
        .rules = rules.hash,
        .parameters = canonical_text(rules.parameters),
        .at = at,
    };
}

std::optional<Breach> breach_of(PoolDays& pool, const BookEvent& event)
{
    const auto taken = pool.book.apply(event);
    return taken ? std::nullopt : std::optional{taken.error().breach};
}

class FutureRules : public testing::Test {
protected:
    FutureRules() { days_.begin_epoch(); }

    const Hash32& hash_now() const { return days_.book.settings().rules.hash; }

    PoolDays days_;
    policy::Rules others_ = other_rules(&Parameters::check_floor_ppm, 30'000);
};

TEST_F(FutureRules, hold_from_their_epoch_on_and_not_before)
{
    const Hash32 before = hash_now();
    days_.write(published(others_, 2, days_.now));
    EXPECT_EQ(hash_now(), before);
    EXPECT_EQ(days_.book.rules_of(1).hash, before);
    EXPECT_EQ(days_.book.rules_of(2).hash, others_.hash);
    days_.end_epoch();
    days_.begin_epoch_under(others_.hash);
    EXPECT_EQ(hash_now(), others_.hash);
}

TEST_F(FutureRules, are_what_an_audit_replays_with)
{
    days_.join(1);
    days_.qualify(1);
    for (int i = 0; i < 10; ++i)
        days_.segment(1);
    days_.write(published(others_, 2, days_.now));
    days_.tick();
    days_.end_epoch();
    days_.begin_epoch_under(others_.hash);
    std::uint32_t floor = 0;
    for (int i = 0; i < 10; ++i)
        floor = std::max(floor, days_.segment(1)->ruling.check_ppm[2]);
    EXPECT_GE(floor, 30'000U);
    days_.tick();
    days_.end_epoch();
    EXPECT_EQ(days_.audit(days_.history), std::nullopt);
    EXPECT_NE(days_.documents[0].audit.policy, days_.documents[1].audit.policy);
}

TEST_F(FutureRules, are_never_for_an_epoch_that_has_begun)
{
    EXPECT_EQ(breach_of(days_, published(others_, 1, days_.now)), Breach::out_of_order);
    EXPECT_EQ(breach_of(days_, published(others_, 0, days_.now)), Breach::out_of_order);
}

TEST_F(FutureRules, do_not_move_to_an_earlier_epoch_once_told)
{
    days_.write(published(others_, 4, days_.now));
    EXPECT_EQ(breach_of(days_, published(others_, 3, days_.now)), Breach::out_of_order);
    days_.write(published(other_rules(&Parameters::safety, 12), 4, days_.now));
    EXPECT_EQ(days_.book.newest_rules().parameters.safety, 12U);
}

TEST_F(FutureRules, of_several_epochs_come_into_force_one_after_the_other)
{
    const policy::Rules third = other_rules(&Parameters::safety, 12);
    days_.write(published(others_, 2, days_.now));
    days_.write(published(third, 4, days_.now));
    EXPECT_EQ(days_.book.rules_of(3).hash, others_.hash);
    EXPECT_EQ(days_.book.rules_of(4).hash, third.hash);
    for (const Hash32& rules : {others_.hash, others_.hash, third.hash}) {
        days_.end_epoch();
        days_.begin_epoch_under(rules);
        EXPECT_EQ(hash_now(), rules);
    }
    EXPECT_TRUE(days_.book.future_rules().empty());
}

TEST_F(FutureRules, are_those_that_their_hash_names)
{
    RulesPublished bent = published(others_, 2, days_.now);
    bent.parameters = canonical_text(days_.book.settings().rules.parameters);
    EXPECT_EQ(breach_of(days_, bent), Breach::rules_differ);
    bent.parameters = "no parameters";
    EXPECT_EQ(breach_of(days_, bent), Breach::rules_differ);
}

TEST_F(FutureRules, that_were_not_told_do_not_hold)
{
    days_.end_epoch();
    const auto begun = breach_of(
        days_,
        EpochBegan{
            .epoch = 2, .ticks = 1, .tick = Duration{1}, .rules = others_.hash, .at = days_.now
        }
    );
    EXPECT_EQ(begun, Breach::rules_differ);
}

TEST_F(FutureRules, split_fees_otherwise_only_after_the_notice_of_the_ledger)
{
    Parameters parameters = short_rules().rules.parameters;
    parameters.pay_bp = 8'100;
    parameters.operator_bp = 900;
    const auto rules = policy::make_rules(parameters, short_rules().rules.table);
    days_.write(published(rules, 2, days_.now));
    days_.end_epoch();
    const auto begun = breach_of(
        days_,
        EpochBegan{
            .epoch = 2,
            .anchor = draw::SeedChain{PoolDays::secret(2), PoolDays::ticks}.anchor(),
            .ticks = PoolDays::ticks,
            .tick = Duration{1},
            .rules = rules.hash,
            .at = days_.now
        }
    );
    EXPECT_EQ(begun, Breach::rules_differ) << "no split was scheduled";
}

TEST(FirstRules, of_a_journal_are_in_it)
{
    // Whoever reads it needs no other file.
    const policy::Rules others = other_rules(&Parameters::check_floor_ppm, 30'000);
    Settings settings = short_rules();
    Book book{settings};
    ASSERT_TRUE(book.apply(published(others, 1, Time{std::chrono::hours{1}})));
    const auto begun = book.apply(EpochBegan{
        .epoch = 1,
        .ticks = 5,
        .tick = std::chrono::seconds{1},
        .rules = others.hash,
        .at = Time{std::chrono::hours{1}}
    });
    EXPECT_TRUE(begun);
    EXPECT_EQ(book.settings().rules.hash, others.hash);
}

}  // namespace
}  // namespace millpond::book
