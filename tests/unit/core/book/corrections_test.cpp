#include "core/book/corrections.hpp"

#include "core/book/snapshot.hpp"
#include "core/ledger/invariants.hpp"
#include "tests/unit/core/book/pool_days.hpp"

namespace millpond::book {
namespace {

using Way = CorrectionOrder::Way;

class Corrections : public testing::Test {
protected:
    Corrections()
    {
        days_.begin_epoch();
        days_.join(1);
        days_.qualify(1);
    }

    void earn(int segments = 5)
    {
        for (int i = 0; i < segments; ++i)
            days_.segment(1);
    }

    /// The refusal's name, or "entered".
    std::string order(Way way, const Wei& amount, const std::string& reason = "measured anew")
    {
        const auto event = event_of(
            {.account = account(1), .way = way, .amount = amount, .reason = reason},
            days_.book,
            days_.now
        );
        if (!event) return std::string{name_of(event.error())};
        days_.write(*event);
        return "entered";
    }

    [[nodiscard]] std::string taken(const BookEvent& event)
    {
        Book trial = days_.book;
        const auto done = trial.apply(event);
        return done ? "taken" : text_of(done.error());
    }

    [[nodiscard]] Voucher voucher() const
    {
        return days_.book.accounts().at(account(1)).lanes.account();
    }

    [[nodiscard]] const ledger::PayBook& pay() const
    {
        return days_.book.ledger().state().pay.at(account(1));
    }

    PoolDays days_;
};

TEST_F(Corrections, make_the_next_voucher_say_more_or_less)
{
    earn();
    const Voucher before = voucher();
    EXPECT_EQ(order(Way::more, Wei{70}, "a bonus"), "entered");
    EXPECT_EQ(voucher().earned, *add(before.earned, Wei{70}));
    EXPECT_EQ(voucher().seq, before.seq + 1);
    EXPECT_EQ(voucher().segments, before.segments);
    EXPECT_EQ(order(Way::less, Wei{71}, "counted twice"), "entered");
    EXPECT_EQ(voucher().earned, *subtract(before.earned, Wei{1}));
    EXPECT_EQ(ledger::cumulative_earned(pay()), voucher().earned);
    EXPECT_EQ(ledger::violation(days_.book.ledger().state()), std::nullopt);
    earn(1);
    EXPECT_EQ(voucher().seq, before.seq + 3) << "work goes on with the next number";
    EXPECT_EQ(ledger::cumulative_earned(pay()), voucher().earned);
}

TEST_F(Corrections, count_no_segment_in_the_published_leaf)
{
    earn();
    EXPECT_EQ(order(Way::more, Wei{70}), "entered");
    days_.tick();
    days_.end_epoch();
    const auto& leaf = days_.documents.back().leaves.front();
    EXPECT_EQ(leaf.earned, voucher().earned);
    EXPECT_EQ(leaf.segments, voucher().segments);
}

TEST_F(Corrections, are_refused_by_name)
{
    EXPECT_EQ(order(Way::more, Wei{1}), "nothing_was_earned");
    earn();
    EXPECT_EQ(order(Way::more, Wei{1}, ""), "reason_is_missing");
    EXPECT_EQ(order(Way::more, Wei{1}, std::string(501, 'x')), "reason_is_too_long");
    EXPECT_EQ(order(Way::more, Wei{0}), "nothing_changes");
    const auto overflow = event_of(
        {.account = account(1), .way = Way::more, .amount = Wei::max(), .reason = "r"},
        days_.book,
        days_.now
    );
    EXPECT_EQ(overflow.error(), CorrectionRefusal::amount_overflows);
    EXPECT_EQ(order(Way::more, Wei{1}, "once"), "entered");
    EXPECT_EQ(order(Way::more, Wei{1}, "once"), "reason_was_given");
    EXPECT_EQ(order(Way::more, Wei{1}, "twice"), "entered");
}

TEST_F(Corrections, never_go_below_what_an_epoch_has_published)
{
    earn();
    days_.tick();
    days_.end_epoch();
    days_.begin_epoch();
    EXPECT_EQ(order(Way::less, Wei{1}), "below_published");
    EXPECT_EQ(order(Way::less, Wei{1ULL << 63U}), "below_published");
    const Wei published = voucher().earned;
    earn(2);
    const auto since = subtract(voucher().earned, published);
    EXPECT_EQ(order(Way::less, *add(*since, Wei{1})), "below_published");
    EXPECT_EQ(order(Way::less, *since), "entered");
    EXPECT_EQ(voucher().earned, published);
    days_.tick();
    days_.end_epoch();
    EXPECT_TRUE(settle::check(days_.documents[1], days_.documents[0]));
}

TEST_F(Corrections, leave_pay_alone_that_a_case_holds)
{
    earn();
    days_.segment(1, [](TaskExamined examined) {
        examined.finding = ExamFinding::failed;
        examined.fraud = true;
        examined.second = ExamFinding::failed;
        examined.control = ExamFinding::passed;
        examined.report = hash(1);
        examined.second_report = hash(2);
        examined.tiers = 15;
        return examined;
    });
    days_.write(CaseOpened{.account = account(1), .at = days_.now});
    days_.write(MoneyEvent{PayFrozen{
        .transcoder = account(1), .number = 1, .reason = FreezeReason::fault_case, .at = days_.now
    }});
    EXPECT_EQ(order(Way::more, Wei{1}), "pay_is_frozen");
}

TEST_F(Corrections, take_back_withheld_pay_alone)
{
    earn();
    days_.now += std::chrono::hours{24 * 8};
    days_.tick();
    days_.write(MoneyEvent{PayReleased{.transcoder = account(1), .at = days_.now}});
    EXPECT_EQ(order(Way::less, Wei{1}), "exceeds_withheld");
}

TEST_F(Corrections, are_no_bare_posting_and_take_the_next_number)
{
    earn();
    EXPECT_EQ(
        taken(MoneyEvent{PayCorrected{
            .transcoder = account(1),
            .number = 1,
            .cumulative = Wei{1},
            .at = days_.now,
            .releases_at = days_.now
        }}),
        "wrong_correction: nobody has agreed to it"
    );
    CorrectionAgreed event{
        .account = account(1),
        .from_seq = voucher().seq + 2,
        .earned = *add(voucher().earned, Wei{1}),
        .reason = "r",
        .at = days_.now,
    };
    const std::string who = "0x" + to_hex(account(1).value());
    EXPECT_EQ(taken(event), "wrong_correction: " + who + ": number_is_not_next");
    --event.from_seq;
    EXPECT_EQ(taken(event), "taken");
    event.account = account(2);
    EXPECT_TRUE(taken(event).starts_with("wrong_correction: "));
}

TEST_F(Corrections, are_in_a_snapshot)
{
    earn();
    EXPECT_EQ(order(Way::more, Wei{70}, "a bonus"), "entered");
    days_.tick();
    days_.end_epoch();
    auto known = decode_snapshot(short_rules(), encode_snapshot(days_.book, {}, {}));
    ASSERT_TRUE(known);
    EXPECT_EQ(known->book.fingerprint(), days_.book.fingerprint());
    EXPECT_EQ(known->book.accounts().at(account(1)).published, voucher().earned);
    EXPECT_EQ(known->book.accounts().at(account(1)).correction, "a bonus");
}

}  // namespace
}  // namespace millpond::book
