#include "edge/store/verify.hpp"
#include "tests/support/scripted_chain.hpp"
#include "tests/system/livepeer/paying_gateway.hpp"
#include "tests/system/pool_fixture.hpp"

#include <cstdlib>

namespace millpond {
namespace {

constexpr Duration segment_length = std::chrono::seconds{2};

/// A pool on a chain, one worker, and a gateway that pays.
class Payments : public PoolTest {
protected:
    void start()
    {
        PoolConfig config = by_load();
        config.payments.on_chain = true;
        config.book.price = {.per = Wei{5'000}};
        open(std::move(config), std::make_unique<ScriptedChain>(script));
        add_worker("honest");
        gateway.connect(url());
        run(ready(1));
    }

    void restart()
    {
        stop();
        start();
    }

    void stop()
    {
        gateway.hang_up();
        close();
    }

    void TearDown() override { stop(); }

    PayingGateway::Sent push(std::int64_t seq)
    {
        PayingGateway::Sent sent;
        run([](Payments& test, std::int64_t number, PayingGateway::Sent& to) -> Task<void> {
            to = co_await test.gateway.push(number, test.source, segment_length);
        }(*this, seq, sent));
        return sent;
    }

    std::string discover(bool sign = true)
    {
        std::string refusal;
        run([](Payments& test, bool with_signature, std::string& to) -> Task<void> {
            to = co_await test.gateway.discover(with_signature);
        }(*this, sign, refusal));
        return refusal;
    }

    PayingGateway::Sent prepay(std::size_t count)
    {
        PayingGateway::Sent sent;
        run([](Payments& test, std::size_t tickets, PayingGateway::Sent& to) -> Task<void> {
            to = co_await test.gateway.prepay(tickets);
        }(*this, count, sent));
        return sent;
    }

    nlohmann::json payments() { return page_now("/api/v1/payments"); }

    /// Status and text of a segment whose payment or papers were changed.
    std::string refused(
        std::function<void(wire::Payment&)> payment,
        std::function<void(wire::SegData&)> segment = {}
    )
    {
        gateway.change_payment = std::move(payment);
        gateway.change_segment = std::move(segment);
        const auto sent = push(90);
        gateway.change_payment = {};
        gateway.change_segment = {};
        return std::to_string(sent.status) + " " + sent.text;
    }

    template <typename Kind>
    std::size_t entries()
    {
        std::size_t count = 0;
        const auto read = store::read_journal(
            (folder_.path() / "pool" / "journal.sqlite").string(),
            [&](std::uint64_t, const Entry& entry) -> std::optional<std::string> {
                count += std::holds_alternative<Kind>(entry.body) ? 1 : 0;
                return std::nullopt;
            }
        );
        EXPECT_TRUE(read);
        return count;
    }

    ChainScript script;
    PayingGateway gateway{loop_, ladder()};
    Blob source = make_blob(clip());
};

std::string text_of(const payment::Credit& credit)
{
    return to_text(credit.whole) + " + " + to_text(credit.part);
}

std::string text_of(const nlohmann::json& credit)
{
    return credit["wei"].get<std::string>() + " + " + credit["part"].get<std::string>();
}

TEST_F(Payments, of_a_stream_are_the_same_in_both_books_to_the_part_of_a_wei)
{
    start();
    ASSERT_EQ(discover(), "");
    for (std::int64_t seq = 0; seq < 6; ++seq) {
        const auto sent = push(seq);
        ASSERT_EQ(sent.status, 200) << sent.text;
        ASSERT_EQ(sent.text, "");
        EXPECT_GT(sent.pixels, 0U);
    }
    const auto balances = payments()["balances"];
    ASSERT_EQ(balances.size(), 1U);
    EXPECT_EQ(balances[0]["session"], gateway.info.auth_token->session);
    EXPECT_EQ(text_of(balances[0]["paid"]), text_of(gateway.paid));
    EXPECT_EQ(text_of(balances[0]["used"]), text_of(gateway.used));
    EXPECT_GT(gateway.used, payment::Credit{});
    run(gateway.end());
}

/// The acceptance's minute: in real time where MILLPOND_WHOLE_MINUTE is set, else a fifth of it as
/// fast as it goes.
class PaidMinute : public Payments {
protected:
    /// A sixth of it; both books agree at its end.
    void play_on()
    {
        for (int i = 0; i < (whole ? 5 : 1); ++i) {
            const Time due = loop_.now() + segment_length;
            const auto sent = push(seq++);
            ASSERT_EQ(std::to_string(sent.status) + sent.text, "200");
            EXPECT_GT(sent.pixels, 0U);
            run([](net::Loop& on, Time until) -> Task<void> {
                co_await on.sleep_until(until);
            }(loop_, whole ? due : loop_.now()));
        }
        const auto page = payments();
        for (const auto& each : page["balances"]) {
            if (each["session"] != gateway.info.auth_token->session) continue;
            EXPECT_EQ(text_of(each["paid"]), text_of(gateway.paid));
            EXPECT_EQ(text_of(each["used"]), text_of(gateway.used));
            ++agreed;
        }
    }

    /// One of the refusals that gateways know; so many of the tickets are credited all the same.
    void be_refused(
        const std::string& text,
        const std::function<void(wire::Payment&)>& change,
        std::size_t credited = 0
    )
    {
        const std::string found = refused(change);
        EXPECT_TRUE(found.starts_with(text)) << found;
        gateway.count_as_paid(credited);
    }

    bool whole = std::getenv("MILLPOND_WHOLE_MINUTE") != nullptr;  // NOLINT(concurrency-mt-unsafe)
    std::int64_t seq = 0;
    int agreed = 0;
};

TEST_F(PaidMinute, with_all_that_comes_between_is_the_same_in_both_books_to_the_part_of_a_wei)
{
    start();
    ASSERT_EQ(discover(), "");
    play_on();

    const auto price = gateway.info.price_info;
    script.funds.reserve = Wei{10'000'000'000'000 * 100};
    play_on();
    EXPECT_EQ(gateway.info.price_info, price) << "of a session never changes";

    const auto in_params = [](auto change) {
        return [change](wire::Payment& payment) { change(*payment.ticket_params); };
    };
    gateway.tickets = 3;
    be_refused("400 invalid ticket recipient", in_params([](auto& p) {
                   p.recipient = Bytes(20, 1);
               }));
    be_refused("400 invalid recipientRand", in_params([](auto& p) { p.face_value = {1}; }));
    be_refused("400 invalid expected price", [](auto& p) { p.expected_price.reset(); });
    script.view.active = false;
    be_refused("400 orchestrator ", [](auto&) {});
    script.view.active = true;
    script.funds.withdraw_round = 3'501;
    be_refused("400 deposit and reserve for sender ", [](auto&) {});
    script.funds.withdraw_round = 0;
    // The first is good, and nothing after a bad one is credited.
    be_refused(
        "400 invalid ticket signature",
        [](auto& p) { p.ticket_sender_params[1].signature[3] ^= 1; },
        1
    );
    be_refused(
        "400 invalid ticket senderNonce: already seen",
        [](auto& p) { p.ticket_sender_params.push_back(p.ticket_sender_params[0]); },
        3
    );
    gateway.tickets.reset();
    play_on();
    gateway.tickets = 601;
    be_refused("400 invalid ticket senderNonce: too many values", [](auto&) {}, 600);
    gateway.tickets.reset();

    script.move_to(20'000'040);
    gateway.tickets = 1;
    be_refused("400 TicketParams expired", [](auto&) {});
    gateway.tickets.reset();
    gateway.l1_block = 20'000'040;
    ASSERT_EQ(discover(), "");
    EXPECT_GT(gateway.info.price_info->price_per_unit, price->price_per_unit);
    play_on();

    gateway.hang_up();
    gateway.connect(url());
    restart();
    play_on();

    run(gateway.end());
    EXPECT_TRUE(page_now("/api/v1/streams")["streams"].empty());
    ASSERT_EQ(discover(), "");
    play_on();
    EXPECT_EQ(agreed, 6);
}

TEST_F(Payments, are_asked_of_everybody_who_is_not_known_by_a_signature)
{
    start();
    EXPECT_EQ(discover(false), "Invalid orchestrator request: orchestrator req sig check failed");
    ASSERT_EQ(discover(), "");
    const auto unsigned_stranger = [](wire::Payment& payment) { payment = {}; };
    const auto no_signature = [](wire::SegData& data) { data.signature.clear(); };
    EXPECT_EQ(refused(unsigned_stranger, no_signature), "403 ErrSegSig");
    EXPECT_EQ(refused(unsigned_stranger), "403 ErrSegSig");
    EXPECT_EQ(refused({}, no_signature), "403 ErrSegSig");
    EXPECT_EQ(refused({}, [](wire::SegData& data) { data.seq += 1; }), "403 ErrSegSig");
    EXPECT_EQ(
        refused({}, [](wire::SegData& data) { data.auth_token.reset(); }), "403 missing auth token"
    );
}

TEST_F(Payments, are_refused_with_the_texts_that_gateways_know)
{
    start();
    ASSERT_EQ(discover(), "");
    const auto with_params = [](auto change) {
        return [change](wire::Payment& payment) { change(*payment.ticket_params); };
    };
    const std::string rand = "400 invalid recipientRand for ticket recipientRandHash";
    EXPECT_EQ(
        refused(with_params([](wire::TicketParams& p) { p.recipient = Bytes(20, 1); })),
        "400 invalid ticket recipient"
    );
    EXPECT_EQ(refused(with_params([](wire::TicketParams& p) { p.face_value = {1}; })), rand);
    EXPECT_EQ(refused(with_params([](wire::TicketParams& p) { p.win_prob = {1}; })), rand);
    EXPECT_EQ(refused(with_params([](wire::TicketParams& p) { p.seed = {1}; })), rand);
    EXPECT_EQ(refused(with_params([](wire::TicketParams& p) { p.expiration_block = {1}; })), rand);
    EXPECT_EQ(refused([](wire::Payment& p) { p.expiration_params->creation_round += 1; }), rand);
    EXPECT_EQ(refused([](wire::Payment& p) { p.expected_price->price_per_unit = 1; }), rand);
    EXPECT_EQ(
        refused([](wire::Payment& p) { p.expected_price.reset(); }),
        "400 invalid expected price sent with payment err=no price or one for no pixels"
    );
    EXPECT_EQ(
        refused([](wire::Payment& p) { p.ticket_sender_params[0].signature[3] ^= 1; }),
        "400 invalid ticket signature"
    );
    const auto twice = [](wire::Payment& p) {
        p.ticket_sender_params.push_back(p.ticket_sender_params[0]);
    };
    EXPECT_TRUE(
        refused(twice).starts_with("400 invalid ticket senderNonce: already seen "
                                   "sender=0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A nonce=")
    );
    script.view.active = false;
    EXPECT_TRUE(refused({}).ends_with("is inactive in round 3500, cannot process payments"));
    script.view.active = true;
    script.funds.withdraw_round = 3'501;
    EXPECT_TRUE(refused({}).ends_with("is set to unlock soon"));
    script.funds.withdraw_round = 0;
    script.funds.reserve = {};
    EXPECT_EQ(refused({}), "500 Internal Server Error");
    EXPECT_EQ(discover(), "insufficient sender reserve");
}

TEST_F(Payments, must_be_there_before_a_segment_is_taken)
{
    start();
    ASSERT_EQ(discover(), "");
    gateway.tickets = 0;
    EXPECT_EQ(refused({}), "400 Insufficient balance");
    const auto wishes_it_free = [](wire::Payment& p) { p.expected_price->price_per_unit = 0; };
    EXPECT_EQ(refused(wishes_it_free), "400 Insufficient balance");
    gateway.tickets.reset();
    EXPECT_EQ(push(1).status, 200);
}

TEST_F(Payments, with_parameters_that_have_expired_are_refused_and_fresh_ones_are_not)
{
    start();
    ASSERT_EQ(discover(), "");
    ASSERT_EQ(push(0).status, 200);
    script.move_to(20'000'040);
    EXPECT_EQ(refused({}), "400 TicketParams expired");
    gateway.l1_block = 20'000'040;
    ASSERT_EQ(discover(), "");
    EXPECT_EQ(push(1).status, 200);
    script.move_to(20'000'070);
    gateway.l1_block = 20'000'070;
    EXPECT_EQ(push(2).status, 200) << "each answer brought fresh parameters";
}

TEST_F(Payments, are_at_the_price_that_a_session_began_with)
{
    start();
    ASSERT_EQ(discover(), "");
    ASSERT_EQ(push(0).status, 200);
    const auto price = gateway.info.price_info;
    // A smaller reserve makes redeeming dearer in proportion, and so the pixels.
    script.funds.reserve = Wei{10'000'000'000'000 * 100};
    ASSERT_EQ(push(1).status, 200);
    EXPECT_EQ(gateway.info.price_info, price);
    ASSERT_EQ(push(2).status, 200);
    ASSERT_EQ(discover(), "");
    EXPECT_GT(gateway.info.price_info->price_per_unit, price->price_per_unit);
    ASSERT_EQ(push(0).status, 200);
}

TEST_F(Payments, survive_a_restart_and_no_ticket_that_was_good_is_refused)
{
    start();
    ASSERT_EQ(discover(), "");
    ASSERT_EQ(push(0).status, 200);
    ASSERT_EQ(push(1).status, 200);
    const auto balances = payments()["balances"];
    restart();
    EXPECT_EQ(payments()["balances"], balances);
    const auto sent = push(3);
    EXPECT_EQ(sent.status, 200) << sent.text;
    EXPECT_GT(sent.tickets, 0U);
    EXPECT_EQ(text_of(payments()["balances"][0]["paid"]), text_of(gateway.paid));
    EXPECT_EQ(text_of(payments()["balances"][0]["used"]), text_of(gateway.used));
}

TEST_F(Payments, that_were_taken_before_a_restart_are_not_taken_again)
{
    start();
    ASSERT_EQ(discover(), "");
    wire::Payment first;
    gateway.change_payment = [&first](wire::Payment& payment) { first = payment; };
    ASSERT_EQ(push(0).status, 200);
    restart();
    EXPECT_TRUE(refused([&first](wire::Payment& payment) { payment = first; }
    ).starts_with("400 invalid ticket senderNonce: already seen"));
}

TEST_F(Payments, that_won_are_redeemed_once_when_their_parameters_have_expired)
{
    script.make_every_ticket_win(payment::Rules{}.expected_value.limbs()[0]);
    start();
    ASSERT_EQ(discover(), "");
    gateway.tickets = 3;
    ASSERT_EQ(push(0).status, 200);
    EXPECT_EQ(payments()["winners"].size(), 3U);
    script.move_to(20'000'039);
    EXPECT_TRUE(script.redeemed.empty()) << "whoever knows its rand could forge tickets";
    restart();
    EXPECT_EQ(payments()["winners"].size(), 3U);
    script.move_to(20'000'040);
    while (!payments()["winners"].empty())
        continue;
    EXPECT_EQ(script.redeemed.size(), 3U);
    EXPECT_EQ(entries<WinnerClosed>(), 3U);
    restart();
    script.move_to(20'000'041);
    EXPECT_TRUE(payments()["winners"].empty());
    EXPECT_EQ(script.redeemed.size(), 3U);
}

TEST_F(Payments, can_be_made_without_a_segment)
{
    start();
    ASSERT_EQ(discover(), "");
    const auto sent = prepay(2);
    EXPECT_EQ(sent.status, 200) << sent.text;
    EXPECT_EQ(payments()["balances"][0]["session"], "live") << "under the stream's own name";
}

TEST_F(Payments, end_with_their_session)
{
    start();
    ASSERT_EQ(discover(), "");
    ASSERT_EQ(push(0).status, 200);
    run(gateway.end());
    EXPECT_TRUE(page_now("/api/v1/streams")["streams"].empty());
}

}  // namespace
}  // namespace millpond
