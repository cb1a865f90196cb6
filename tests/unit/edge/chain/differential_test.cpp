// The same random actions on the contracts and on a model of them: refused by the same names, with
// the same money afterwards. MILLPOND_CHAIN_ACTIONS and MILLPOND_CHAIN_SEED play longer and others.
#include "core/chain/pool_view.hpp"
#include "edge/chain/internal/answers.hpp"
#include "sim/chain/chain_model.hpp"
#include "tests/support/justice_fixture.hpp"

#include <cstdlib>
#include <functional>
#include <random>

namespace millpond::chain {
namespace {

using sim::ChainModel;
using test::Anvil;
using Case = ChainModel::Case;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise)
{
    const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    return text == nullptr ? otherwise : std::stoull(text);
}

Address place(std::uint8_t number)
{
    std::array<std::uint8_t, 20> bytes{0xc1, 0xc2};
    bytes[19] = number;
    return Address{bytes};
}

class Differential : public Justice {
protected:
    void begin() override
    {
        found(hash("anchor"));
        domain_ = crypto::domain_separator(domain());
        run("verdicts", contracts_.registry, calls::activate_verdict_function(pool_, verdicts));
        for (const int who : {0, 1, 2}) {
            by(who, contracts_.token, calls::approve(contracts_.bonds, Wei::max()));
            if (who > 0)
                by(who,
                   contracts_.registry,
                   calls::register_transcoder(
                       pool_, place(static_cast<std::uint8_t>(who)), model_.hold_max
                   ));
        }
        burned_before_ = *node_->balance(burned_);
        pass(10 * day);
        model_.now = now();
    }

    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

    bool once_in(std::uint64_t times) { return below(times) == 0; }

    int worker() { return 1 + static_cast<int>(below(2)); }

    /// Mostly who may.
    int party_or(int usual) { return once_in(8) ? static_cast<int>(below(4)) : usual; }

    /// At times exactly when something is due, or a second before.
    void time_passes()
    {
        std::uint64_t next = model_.now + 1 + below(600);
        if (once_in(3)) next = model_.now + hour * (1 + below(12));
        if (once_in(12)) next = model_.now + hour * (1 + below(80));
        if (once_in(4) && !model_.cases.empty()) {
            const Case& of = recent_case();
            const std::uint64_t due = std::max(of.until, of.draw_until) - below(2);
            if (due > model_.now && due < model_.now + 15 * day) next = due;
        }
        model_.now = next;
    }

    Case& recent_case()
    {
        const std::size_t back = 1 + below(std::min<std::size_t>(model_.cases.size(), 3));
        return model_.cases[model_.cases.size() - back];
    }

    /// What the contracts refuse it with at the model's time; done where they do not.
    std::string attempt(int who, const Address& to, const Bytes& call, const Wei& value)
    {
        const std::string transaction =
            R"({"from":")" + crypto::checksum_address(Anvil::account(who).value()) + R"(","to":")" +
            crypto::checksum_address(to.value()) + R"(","value":"0x)" +
            to_hex(to_big_endian(value)) + R"(","data":"0x)" + to_hex(call) + "\"";
        const std::string time = "\"" + quantity(model_.now) + "\"";
        const std::string at = R"(},"latest",{},{"time":)" + time + "}]";
        const auto told = node_->raw("eth_call", "[" + transaction + at);
        if (!told) {
            const std::string mark = "reverted: ";
            const std::size_t found = told.error().what.find(mark);
            return found == std::string::npos ? told.error().what
                                              : told.error().what.substr(found + mark.size());
        }
        EXPECT_TRUE(node_->raw("evm_setNextBlockTimestamp", "[" + time + "]"));
        const auto sent =
            node_->raw("eth_sendTransaction", "[" + transaction + R"(,"gas":"0x3d0900"}])");
        EXPECT_TRUE(sent) << sent.error().what;
        if (sent) expect_done(*sent);
        return "";
    }

    void act(
        int who, const Address& to, const Bytes& call, const Wei& value, const std::string& expected
    )
    {
        const std::string told = attempt(who, to, call, value);
        EXPECT_EQ(told, expected) << what_ << " by " << who;
        ++(told.empty() ? done_ : refused_);
        ++names_[what_ + (told.empty() ? "" : ": " + told)];
    }

    // What may be done, with amounts that are at times too large.

    void money()
    {
        const ChainModel::Amount amount = once_in(12) ? 0 : below(10'000'000'000'000'000);
        const int who = party_or(0);
        switch (below(5)) {
            case 0:
                what_ = "fund";
                return act(
                    3, contracts_.fees, calls::fund(pool_), Wei{amount}, model_.fund(amount)
                );
            case 1:
                what_ = "withdraw free ether";
                return act(
                    who,
                    contracts_.fees,
                    calls::withdraw_free(pool_, Wei{amount / 4}),
                    Wei{},
                    model_.withdraw_free(who, amount / 4)
                );
            case 2:
                what_ = "cover";
                return act(
                    who,
                    contracts_.operator_bond,
                    calls::deposit_operator_bond(pool_),
                    Wei{amount},
                    model_.deposit_cover(amount)
                );
            case 3:
                what_ = "ask for cover back";
                return act(
                    who,
                    contracts_.operator_bond,
                    call_of(
                        "requestWithdrawal(bytes32,uint256)",
                        Abi{}.word(pool_.value()).amount(Wei{amount})
                    ),
                    Wei{},
                    model_.request_cover(who, amount)
                );
            default: {
                what_ = "take cover back";
                const std::uint64_t id = below(model_.cover_requests.size() + 1);
                return act(
                    who,
                    contracts_.operator_bond,
                    call_of("withdraw(bytes32,uint256)", Abi{}.word(pool_.value()).number(id)),
                    Wei{},
                    model_.withdraw_cover(who, id)
                );
            }
        }
    }

    void bonds()
    {
        const int who = static_cast<int>(below(3));
        const BondKind kind = who == 0 ? BondKind::pool_operator : BondKind::transcoder;
        const ChainModel::Bond& of = model_.bonds[static_cast<std::size_t>(who)];
        const ChainModel::Amount amount = once_in(12) ? 0 : below(100'000);
        if (model_.tokens[static_cast<std::size_t>(who)] < 50'000) {
            what_ = "mint";
            model_.tokens[static_cast<std::size_t>(who)] += 400'000;
            return act(
                0,
                contracts_.token,
                call_of("mint(address,uint256)", Abi{}.address(party(who)).number(400'000)),
                Wei{},
                ""
            );
        }
        switch (below(4)) {
            case 0:
            case 1:
                what_ = "bond";
                return act(
                    who,
                    contracts_.bonds,
                    calls::deposit_bond(pool_, kind, Wei{amount}),
                    Wei{},
                    model_.bond(who, amount)
                );
            case 2:
                what_ = "unbond";
                return act(
                    who,
                    contracts_.bonds,
                    calls::request_unbond(pool_, kind, Wei{amount}),
                    Wei{},
                    model_.unbond(who, amount)
                );
            default: {
                what_ = "release";
                const std::uint64_t id = below(of.requests.size() + 1);
                return act(
                    who,
                    contracts_.bonds,
                    calls::withdraw_bond(pool_, kind, id),
                    Wei{},
                    model_.release(who, id)
                );
            }
        }
    }

    settle::SumTree tree_of(const ChainModel::Root& root)
    {
        std::vector<settle::Leaf> leaves;
        for (const std::size_t who : {1U, 2U})
            leaves.push_back({
                .pool = pool_,
                .epoch = root.epoch,
                .account = party(static_cast<int>(who)),
                .earned = Wei{root.earned.at(who)},
                .hold_seconds = root.hold.at(who),
            });
        return *settle::SumTree::build(leaves);
    }

    EpochRoot signed_root(const ChainModel::Root& root)
    {
        const auto top = tree_of(root).root();
        return {
            .pool = pool_,
            .epoch = root.epoch,
            .sum_root = top.hash,
            .total_earned = top.sum,
            .audit_root = hash("audit"),
            .next_anchor = hash("anchor"),
        };
    }

    void post()
    {
        what_ = "post";
        const bool first = model_.roots.empty();
        ChainModel::Root root = first ? ChainModel::Root{} : model_.roots.back();
        ++root.epoch;
        const bool next = !once_in(12);
        if (!next) root.epoch += below(2) + 1;
        const bool falls = once_in(12) && root.earned[1] > 10;
        if (falls)
            root.earned[1] -= 10;
        else
            for (const std::size_t of : {1U, 2U})
                root.earned[of] += below(3'000'000'000'000'000);
        for (const std::size_t of : {1U, 2U})
            root.hold[of] = below(5 * day);
        const int who = party_or(0);
        const EpochRoot made = signed_root(root);
        const bool by_us = who == 0 && next && !falls;
        const auto last = first ? std::nullopt : std::optional{signed_root(model_.roots.back())};
        std::optional<Assessment> ours;
        if (by_us) {
            const auto seen = view_pool(*node_, contracts_, pool_, node_->head()->number);
            ours = assess(
                *seen,
                {.operator_address = party(0),
                 .earned = made.total_earned,
                 .closed = made.epoch,
                 .last_posted = last,
                 .next = made,
                 .next_seeds = hash("anchor")},
                {}
            );
        }
        const std::string expected = model_.post(who, root);
        if (ours) EXPECT_EQ(ours->post.has_value(), expected.empty()) << expected;
        act(who, contracts_.fees, calls::post_root(made), Wei{}, expected);
    }

    EpochStamp stamp_of(const ChainModel::Root& root)
    {
        return {
            .epoch = root.epoch,
            .posted_at = root.posted_at,
            .challenge = model_.challenge,
            .audit_root = hash("audit"),
        };
    }

    const ChainModel::Root& some_root()
    {
        const std::size_t back = 1 + below(std::min<std::size_t>(model_.roots.size(), 4));
        return model_.roots[model_.roots.size() - back];
    }

    void claim()
    {
        what_ = "claim";
        const ChainModel::Root root = some_root();
        const int of = worker();
        const auto [leaf, proof] = *tree_of(root).prove(party(of));
        act(static_cast<int>(below(4)),
            contracts_.fees,
            calls::claim(stamp_of(root), leaf, proof),
            Wei{},
            model_.claim(root, of));
    }

    void equivocate()
    {
        what_ = "two vouchers of one number";
        const std::uint64_t number =
            once_in(4) ? below(model_.proven.size() + 1) : model_.proven.size();
        const int who = static_cast<int>(below(4));
        act(who,
            contracts_.challenges,
            calls::prove_voucher_equivocation(
                voucher(number, Wei{1}, 1), voucher(number, Wei{2}, 1)
            ),
            Wei{},
            model_.equivocate(who, number));
    }

    Accusation accusation_of(const Case& of)
    {
        return {
            .pool = pool_,
            .accused = party(of.accused),
            .fault = of.fraud ? CaseFault::fraud : CaseFault::substandard,
            .task = TaskKey{hash("task " + std::to_string(of.task))},
            .epoch = 1,
            .penalty_tokens = Wei{of.tokens},
            .penalty_ether = Wei{of.ether},
            .evidence_root = hash("evidence"),
            .seed_commit = crypto::keccak256(claimant_half),
        };
    }

    void open()
    {
        what_ = "open a case";
        Case made{.accused = worker(), .task = tasks_, .fraud = !once_in(3)};
        if (once_in(10) && tasks_ > 0)
            made.task = static_cast<int>(below(static_cast<std::uint64_t>(tasks_)));
        else
            ++tasks_;
        const auto whole = model_.bonds[static_cast<std::size_t>(made.accused)].whole();
        if (!once_in(4)) made.tokens = below(whole * (made.fraud ? 4 : 2) / 12 + 1);
        if (once_in(2)) made.ether = below(20'000'000'000'000'000);
        const std::uint64_t issued_at =
            model_.now - (once_in(12) ? 7 * day + below(2) : below(day));
        TaskOffer task = offer("");
        task.task = TaskKey{hash("task " + std::to_string(made.task))};
        task.transcoder = party(made.accused);
        task.issued_at = issued_at;
        task.deadline = issued_at + 10;
        const ChainModel::Amount value = made.opening_bond() - (once_in(12) ? 1 : 0);
        const int who = party_or(0);
        const auto commit = signed_by(made.accused, result_of(task, "output"));
        act(who,
            contracts_.court,
            calls::open_case(accusation_of(made), task, commit),
            Wei{value},
            model_.open(who, made, value, issued_at));
    }

    // NOLINTNEXTLINE(readability-function-size): one line each of what may be done
    void go_on_with(Case& of)
    {
        const Accusation about = accusation_of(of);
        const bool right = !once_in(8);
        const Hash32 wrong = hash("wrong");
        const Address& court = contracts_.court;
        const auto does =
            [&](const char* what, int who, const Bytes& call, const std::string& expected) {
                what_ = what;
                act(who, court, call, Wei{}, expected);
            };
        // mostly what comes next, at times anything
        std::uint64_t step = below(10);
        if (!once_in(5)) {
            if (of.status == "open") step = below(2);
            if (of.status == "disputed") step = 2 - (once_in(4) ? 1 : 0);
            if (of.status == "evidence") step = once_in(3) ? 1 : 3;
            if (of.status == "in_court") step = 4 + below(2);
            if (of.status == "escrow") step = 6 + below(2);
        }
        const int anybody = static_cast<int>(below(4));
        switch (step) {
            case 0: {
                const int who = party_or(of.accused);
                const ChainModel::Amount value = of.defence_bond() + (right ? 0 : 1);
                what_ = "dispute";
                return act(
                    who,
                    court,
                    calls::dispute(about, crypto::keccak256(accused_half), false),
                    Wei{value},
                    model_.dispute(who, of, value)
                );
            }
            case 1: return does("advance", anybody, calls::advance_case(about), model_.advance(of));
            case 2: {
                const int who = party_or(0);
                return does(
                    "publish",
                    who,
                    calls::publish_evidence(
                        about, "https://pool", hash("data"), right ? claimant_half : wrong
                    ),
                    model_.publish(who, of, right)
                );
            }
            case 3:
                return does(
                    "summon",
                    anybody,
                    calls::summon(about, right ? accused_half : wrong),
                    model_.summon(of, right)
                );
            case 4:
                what_ = "seat another jury";
                return act(
                    anybody,
                    contracts_.jury,
                    calls::retry_jury(case_id(about), 1),
                    Wei{},
                    model_.retry(of)
                );
            case 5:
                return does(
                    "take the verdict", anybody, calls::take_verdict(about), model_.take_verdict(of)
                );
            case 6:
                return does(
                    "execute without pay",
                    anybody,
                    calls::execute_without_pay(about),
                    model_.execute_without_pay(of)
                );
            case 7: {
                if (model_.roots.empty()) return;
                const ChainModel::Root root = some_root();
                const auto [leaf, proof] = *tree_of(root).prove(party(of.accused));
                return does(
                    "execute",
                    anybody,
                    calls::execute_case(about, stamp_of(root), {.leaf = leaf, .proof = proof}),
                    model_.execute(of, root)
                );
            }
            case 8:
                return does("cancel", anybody, calls::cancel_case(about, "no"), model_.cancel(of));
            default:
                what_ = "draw";
                act(anybody,
                    contracts_.jury,
                    calls::draw_jury(case_id(about), 1, 1),
                    Wei{},
                    model_.draw(of));
        }
    }

    void any_action()
    {
        time_passes();
        const std::uint64_t kind = below(100);
        if (kind < 18) return money();
        if (kind < 38) return bonds();
        if (kind < 48) return post();
        if (kind < 58 && !model_.roots.empty()) return claim();
        if (kind < 60) return equivocate();
        if (kind < 70 || model_.cases.empty()) return open();
        Case& of = recent_case();
        go_on_with(of);
        EXPECT_EQ(status(accusation_of(of)), of.status) << what_;
    }

    void same(const Bytes& answer, std::vector<ChainModel::Amount> expected, const char* of)
    {
        for (std::size_t word = 0; word < expected.size(); ++word)
            EXPECT_EQ(AbiAnswer{answer}.number(word), expected[word]) << of << " " << word;
    }

    Bytes ask(const Address& at, Bytes call)
    {
        return *node_->call({.to = at, .data = std::move(call)});
    }

    /// Who has what; the bonds and pay of one of the three after each action.
    void compare(std::uint64_t action)
    {
        same(
            ask(contracts_.fees, calls::pool_of(pool_)), {model_.balance, model_.reserved}, "fees"
        );
        same(
            ask(contracts_.operator_bond, calls::operator_bond_of(pool_)), {model_.cover}, "cover"
        );
        for (const int who : {0, 1, 2}) {
            if (action % 3 != static_cast<std::uint64_t>(who)) continue;
            const auto& bond = model_.bonds[static_cast<std::size_t>(who)];
            const BondKind kind = who == 0 ? BondKind::pool_operator : BondKind::transcoder;
            same(
                ask(contracts_.bonds, calls::bonded(pool_, party(who), kind)),
                {bond.active, bond.unbonding, bond.locked},
                "bond"
            );
            if (who == 0) continue;
            const auto& pay = model_.pay[static_cast<std::size_t>(who)];
            same(
                ask(contracts_.fees, calls::account_of(pool_, party(who))),
                {pay.claimed, pay.frozen, pay.forfeited},
                "pay"
            );
        }
    }

    /// Ether and tokens, wherever they are.
    void compare_balances()
    {
        EXPECT_EQ(*node_->balance(contracts_.fees), Wei{model_.balance});
        EXPECT_EQ(*node_->balance(contracts_.operator_bond), Wei{model_.cover});
        EXPECT_EQ(*node_->balance(contracts_.court), Wei{model_.court_ether});
        EXPECT_EQ(*node_->balance(burned_), *add(burned_before_, Wei{model_.burned_ether}));
        ChainModel::Amount bonded_in_all = 0;
        for (const auto& [who, bond] : model_.bonds)
            bonded_in_all += bond.whole();
        const auto held = [&](const Address& who) {
            return amount(contracts_.token, calls::token_balance_of(who));
        };
        EXPECT_EQ(held(contracts_.bonds), Wei{bonded_in_all});
        EXPECT_EQ(held(burned_), Wei{model_.burned_tokens});
        for (const int who : {0, 1, 2, 3})
            EXPECT_EQ(held(party(who)), Wei{model_.tokens[static_cast<std::size_t>(who)]}) << who;
        for (const int who : {1, 2})
            EXPECT_EQ(
                *node_->balance(place(static_cast<std::uint8_t>(who))),
                Wei{model_.pay[static_cast<std::size_t>(who)].received}
            );
    }

    const Address burned_{*crypto::parse_address("0x000000000000000000000000000000000000dEaD")};
    std::mt19937_64 random_{from_environment("MILLPOND_CHAIN_SEED", 1)};
    ChainModel model_;
    Wei burned_before_;
    std::string what_;
    int tasks_ = 0;
    std::uint64_t done_ = 0;
    std::uint64_t refused_ = 0;
    std::map<std::string, std::uint64_t> names_;
};

TEST_F(Differential, contracts_do_what_the_model_says)
{
    const std::uint64_t actions = from_environment("MILLPOND_CHAIN_ACTIONS", 200);
    for (std::uint64_t i = 0; i < actions && !HasFailure(); ++i) {
        any_action();
        SCOPED_TRACE(std::to_string(i) + " " + what_);
        compare(i);
        if (i % 50 == 0) compare_balances();
    }
    compare_balances();
    EXPECT_GT(done_ * 4, actions);
    EXPECT_GT(refused_ * 20, actions);
    if (actions < 1'000) return;
    for (const auto& [name, count] : names_)
        std::printf("%6llu %s\n", static_cast<unsigned long long>(count), name.c_str());
}

}  // namespace
}  // namespace millpond::chain
