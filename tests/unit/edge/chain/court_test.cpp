// Cases, juries and challenges from our side, on the contracts themselves.
#include "core/chain/court.hpp"

#include "crypto/keccak.hpp"
#include "edge/chain/views.hpp"
#include "tests/support/contracts_fixture.hpp"

#include <algorithm>
#include <map>

namespace millpond::chain {
namespace {

using test::Anvil;
using test::ether;

constexpr std::uint64_t hour = 3'600;
constexpr std::uint64_t day = 24 * hour;
const Hash32 verdicts = crypto::keccak256(as_bytes("verdict function"));
const Hash32 claimant_half = crypto::keccak256(as_bytes("claimant's half"));
const Hash32 accused_half = crypto::keccak256(as_bytes("accused's half"));

/// Tenths of a token are tenths of an ether.
Wei tokens(std::uint64_t whole)
{
    return ether(whole * 10);
}

/// A pool with a bonded operator (account 0) and a bonded transcoder (account 1).
class Justice : public test::ContractsTest {
protected:
    void begin() override
    {
        found(hash("anchor"));
        domain_ = crypto::domain_separator(domain());
        run("verdicts", contracts_.registry, calls::activate_verdict_function(pool_, verdicts));
        bond(0, BondKind::pool_operator, tokens(1'000));
        by(1, contracts_.registry, calls::register_transcoder(pool_, Anvil::account(1), 72 * hour));
        bond(1, BondKind::transcoder, tokens(1'000));
        run("cover", contracts_.operator_bond, calls::deposit_operator_bond(pool_), tokens(10));
        run("fund", contracts_.fees, calls::fund(pool_), tokens(10));
    }

    static Hash32 hash(const std::string& of) { return crypto::keccak256(as_bytes(of)); }

    /// Fewer than the accounts of the node, then others that are given ether.
    crypto::PrivateKey key(int number)
    {
        if (number < 4) return Anvil::key(number);
        return *crypto::PrivateKey::parse(hash("party " + std::to_string(number)));
    }

    Address party(int number) { return Address{key(number).address()}; }

    Sender& sender_of(int number)
    {
        auto& found = parties_[number];
        if (found) return *found->sender;
        auto opened = Intents::open(folder_ / ("party" + std::to_string(number)));
        found = std::make_unique<Party>(Party{.intents = std::move(*opened)});
        const SenderSettings settings{.confirmations = 0, .spend_max = ether(10'000)};
        found->sender.emplace(*node_, key(number), found->intents, settings);
        if (number >= 4)
            anvil_.command(
                "anvil_setBalance",
                "[\"" + crypto::checksum_address(party(number).value()) +
                    "\", \"0x8ac7230489e80000\"]"
            );
        return *found->sender;
    }

    Ended by(int number, const Address& to, Bytes data, Wei value = Wei{})
    {
        if (number == 0) return run("act " + std::to_string(++acts_), to, std::move(data), value);
        const Intent intent{
            .name = "act " + std::to_string(++acts_),
            .to = to,
            .value = value,
            .data = std::move(data)
        };
        auto ended = sender_of(number).finish(intent, poll, patience);
        EXPECT_TRUE(ended) << ended.error().what;
        return ended ? *ended : Ended{};
    }

    void bond(int number, BondKind kind, const Wei& amount)
    {
        by(0,
           contracts_.token,
           call_of("mint(address,uint256)", Abi{}.address(party(number)).amount(amount)));
        by(number, contracts_.token, calls::approve(contracts_.bonds, amount));
        by(number, contracts_.bonds, calls::deposit_bond(pool_, kind, amount));
    }

    std::uint64_t now() { return node_->head()->time; }

    Wei bonded(int number, BondKind kind)
    {
        const Bytes told =
            *node_->call({.to = contracts_.bonds, .data = calls::bonded(pool_, party(number), kind)}
            );
        return *AbiAnswer{told}.amount(0);
    }

    Wei amount(const Address& at, Bytes call)
    {
        return *AbiAnswer{*node_->call({.to = at, .data = std::move(call)})}.amount(0);
    }

    template <typename T>
    receipt::Signed<T> signed_by(int number, const T& value)
    {
        return receipt::sign(value, key(number), domain_);
    }

    TaskOffer offer(const std::string& task)
    {
        return {
            .pool = pool_,
            .epoch = 1,
            .task = TaskKey{hash(task)},
            .transcoder = party(1),
            .fee = Wei{1'000},
            .max_pixels = 1'000'000,
            .issued_at = now(),
            .deadline = now() + 10,
            .verdict_function = verdicts,
        };
    }

    static ResultCommit result_of(const TaskOffer& offer, const std::string& output)
    {
        return {
            .offer_hash = receipt::hash_of(offer),
            .output_root = hash(output),
            .pixels = 1,
            .finished_at = offer.issued_at,
        };
    }

    Accusation open_case(const Wei& penalty, CaseFault fault = CaseFault::fraud)
    {
        const TaskOffer task = offer("task " + std::to_string(++acts_));
        const Accusation accusation{
            .pool = pool_,
            .accused = party(1),
            .fault = fault,
            .task = task.task,
            .epoch = 1,
            .penalty_tokens = penalty,
            .evidence_root = hash("evidence"),
            .seed_commit = crypto::keccak256(claimant_half),
        };
        const Ended opened =
            by(0,
               contracts_.court,
               calls::open_case(accusation, task, signed_by(1, result_of(task, "output"))),
               amount(contracts_.court, calls::opening_bond(accusation)));
        EXPECT_EQ(told_of(opened), accusation);
        EXPECT_EQ(status(accusation), "open");
        return accusation;
    }

    /// The accusation as everybody can read it.
    std::optional<Accusation> told_of(const Ended& opened)
    {
        const auto logs =
            node_->logs({.contracts = {contracts_.court}, .from = opened.block, .to = opened.block}
            );
        for (const Log& log : *logs) {
            if (auto found = opened_case_of(log.topics, log.data)) return found;
        }
        return std::nullopt;
    }

    std::string status(const Accusation& accusation)
    {
        const auto told =
            node_->call({.to = contracts_.court, .data = calls::status_of(accusation)});
        return std::string{name_of(case_state_of(*told)->status)};
    }

    void dispute(const Accusation& accusation)
    {
        by(1,
           contracts_.court,
           calls::dispute(accusation, crypto::keccak256(accused_half), false),
           amount(contracts_.court, calls::defence_bond(accusation)));
    }

    void to_jury(const Accusation& accusation)
    {
        dispute(accusation);
        by(0,
           contracts_.court,
           calls::publish_evidence(accusation, "https://pool/evidence", hash("data"), claimant_half)
        );
        by(1, contracts_.court, calls::summon(accusation, accused_half));
        EXPECT_EQ(status(accusation), "in_court");
    }

    /// So many jurors with the bond of two seats, on the roster.
    void enrol(int count)
    {
        for (int i = 0; i < count; ++i) {
            const int juror = first_juror + i;
            bond(juror, BondKind::juror, tokens(40));
            by(juror, contracts_.jurors, calls::join_jurors());
            number_of_[party(juror)] = juror;
        }
        pass(14 * day);
        for (int i = 0; i < count; ++i)
            by(2, contracts_.jurors, calls::enrol_juror(party(first_juror + i)));
        pass(1);
    }

    /// All seats of a round vote, the first so many to convict; then the round is over.
    void vote(
        const Accusation& accusation,
        std::uint64_t round,
        std::uint64_t seats,
        std::uint64_t convict
    )
    {
        const Hash32 of = case_id(accusation);
        by(2, contracts_.jury, calls::draw_jury(of, round, 400));
        std::vector<std::pair<int, Ballot>> ballots;
        for (std::uint64_t i = 0; i < seats; ++i) {
            const Bytes told = *node_->call(
                {.to = contracts_.jury,
                 .data = calls::juror_of({.of = of, .round = round, .number = i})}
            );
            const int juror = number_of_.at(*AbiAnswer{told}.address(0));
            const Ballot ballot{
                .of = of,
                .round = round,
                .vote = i < convict ? Vote::convict : Vote::acquit,
                .scores = hash("scores"),
                .salt = hash("salt " + std::to_string(i)),
            };
            by(juror, contracts_.jury, calls::commit_vote(ballot, party(juror)));
            ballots.emplace_back(juror, ballot);
        }
        pass(48 * hour);
        for (const auto& [juror, ballot] : ballots)
            by(juror, contracts_.jury, calls::reveal_vote(ballot));
        pass(48 * hour);
        by(2, contracts_.court, calls::take_verdict(accusation));
    }

    /// One epoch in which account 1 earned that much.
    std::pair<EpochStamp, PostedLeaf> post(std::uint64_t epoch, const Wei& earned)
    {
        const settle::Leaf leaf{
            .pool = pool_, .epoch = epoch, .account = party(1), .earned = earned, .segments = 1
        };
        const auto tree = *settle::SumTree::build({leaf});
        const EpochRoot root{
            .pool = pool_,
            .epoch = epoch,
            .sum_root = tree.root().hash,
            .total_earned = tree.root().sum,
            .audit_root = hash("audit"),
            .next_anchor = hash("anchor"),
        };
        by(0, contracts_.fees, calls::post_root(root));
        auto stamp = find_stamp(*node_, {.contracts = contracts_}, root);
        EXPECT_TRUE(stamp);
        auto [own, proof] = *tree.prove(party(1));
        return {*stamp, {.leaf = own, .proof = proof}};
    }

    receipt::Signed<Voucher> voucher(
        std::uint64_t seq, const Wei& earned, std::uint64_t epoch, int by = 0
    )
    {
        return signed_by(
            by,
            Voucher{
                .pool = pool_,
                .transcoder = party(1),
                .seq = seq,
                .earned = earned,
                .segments = seq,
                .epoch = epoch,
            }
        );
    }

    static constexpr int first_juror = 10;
    Hash32 domain_{};
    std::map<int, std::unique_ptr<Party>> parties_;
    std::map<Address, int> number_of_;
    int acts_ = 0;
};

TEST_F(Justice, convicts_by_silence_and_takes_a_soft_faults_share)
{
    const Accusation accusation = open_case(tokens(300));
    pass(72 * hour);
    by(2, contracts_.court, calls::advance_case(accusation));
    EXPECT_EQ(status(accusation), "escrow");
    EXPECT_EQ(
        refusal(contracts_.court, calls::execute_without_pay(accusation)), "reverted: TooEarly"
    );
    pass(7 * day);
    by(2, contracts_.court, calls::execute_without_pay(accusation));
    EXPECT_EQ(status(accusation), "executed");
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(900));
}

TEST_F(Justice, dismisses_a_claim_whose_evidence_nobody_shows)
{
    const Accusation accusation = open_case(tokens(100));
    const Wei operators = bonded(0, BondKind::pool_operator);
    dispute(accusation);
    pass(48 * hour);
    by(2, contracts_.court, calls::advance_case(accusation));
    EXPECT_EQ(status(accusation), "dismissed");
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(1'000));
    EXPECT_EQ(bonded(0, BondKind::pool_operator), *subtract(operators, tokens(35)));
}

TEST_F(Justice, of_a_jury_convicts_a_cheat_that_defends_itself)
{
    enrol(9);
    const Accusation accusation = open_case(tokens(300));
    to_jury(accusation);
    vote(accusation, 1, 7, 6);
    EXPECT_EQ(status(accusation), "ruled");
    pass(72 * hour);
    by(2, contracts_.court, calls::advance_case(accusation));
    EXPECT_EQ(status(accusation), "escrow");
    pass(7 * day);
    by(2, contracts_.court, calls::execute_without_pay(accusation));
    EXPECT_EQ(status(accusation), "executed");
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(700));
    by(2, contracts_.jury, calls::pay_fee({.of = case_id(accusation)}));
    by(2, contracts_.jury, calls::release_seat({.of = case_id(accusation)}));
}

/// Framed, convicted by seven, acquitted by fifteen: half of what the claimant put up is its own.
TEST_F(Justice, compensates_who_was_framed_and_wins_the_appeal)
{
    enrol(17);
    const Accusation accusation = open_case(tokens(300));
    to_jury(accusation);
    vote(accusation, 1, 7, 5);
    const Wei fee = div_floor(amount(contracts_.court, calls::defence_bond(accusation)), Wei{7});
    by(1, contracts_.court, calls::appeal(accusation), *multiply(fee, Wei{30}));
    EXPECT_EQ(status(accusation), "in_court");
    vote(accusation, 2, 15, 2);
    pass(72 * hour);
    by(2, contracts_.court, calls::advance_case(accusation));
    EXPECT_EQ(status(accusation), "acquitted");
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(1'000));
    // 35 % of the penalty were at stake; half of that went to the accused, half to the common good
    EXPECT_EQ(bonded(0, BondKind::pool_operator), *subtract(tokens(1'000), tokens(105)));
    EXPECT_EQ(
        amount(contracts_.token, calls::token_balance_of(party(1))), div_floor(tokens(105), Wei{2})
    );
}

TEST_F(Justice, ends_a_case_whose_offer_was_made_twice)
{
    const Accusation accusation = open_case(tokens(100));
    TaskOffer first = offer("ambiguous");
    first.task = accusation.task;
    TaskOffer second = first;
    second.fee = Wei{7};
    by(2,
       contracts_.challenges,
       calls::prove_offer_equivocation(signed_by(0, first), signed_by(0, second)));
    by(2, contracts_.court, calls::disprove_case(accusation));
    EXPECT_EQ(status(accusation), "dismissed");
}

TEST_F(Justice, takes_a_fifth_of_who_signs_two_results_for_one_offer)
{
    const TaskOffer task = offer("one");
    by(2,
       contracts_.challenges,
       calls::prove_result_equivocation(
           task, signed_by(1, result_of(task, "a")), signed_by(1, result_of(task, "b"))
       ));
    EXPECT_EQ(bonded(1, BondKind::transcoder), tokens(800));
}

TEST_F(Justice, takes_a_tenth_of_an_operator_that_signs_two_vouchers_of_one_number)
{
    const auto a = voucher(3, Wei{10}, 1);
    const auto forged = voucher(3, Wei{11}, 1, 2);
    EXPECT_EQ(
        refusal(contracts_.challenges, calls::prove_voucher_equivocation(a, forged)),
        "reverted: BadSignature"
    );
    by(2, contracts_.challenges, calls::prove_voucher_equivocation(a, voucher(3, Wei{11}, 1)));
    EXPECT_EQ(bonded(0, BondKind::pool_operator), tokens(900));
}

TEST_F(Justice, takes_a_twentieth_of_an_operator_that_tells_seeds_it_did_not_announce)
{
    post(1, Wei{0});
    const SeedDisclosure told{.pool = pool_, .epoch = 1, .tick = 3, .seed = hash("ground")};
    by(2, contracts_.challenges, calls::prove_seed_mismatch(signed_by(0, told)));
    EXPECT_EQ(bonded(0, BondKind::pool_operator), tokens(950));
}

TEST_F(Justice, pays_out_of_the_operators_bond_what_a_root_leaves_out)
{
    const settle::Leaf other{
        .pool = pool_, .epoch = 1, .account = party(2), .earned = Wei{5}, .segments = 1
    };
    const auto tree = *settle::SumTree::build({other});
    const EpochRoot root{
        .pool = pool_,
        .epoch = 1,
        .sum_root = tree.root().hash,
        .total_earned = tree.root().sum,
        .next_anchor = hash("anchor"),
    };
    by(0, contracts_.fees, calls::post_root(root));
    const auto stamp = *find_stamp(*node_, {.contracts = contracts_}, root);
    auto [leaf, proof] = *tree.prove(party(2));
    const PostedLeaf posted{.leaf = leaf, .proof = proof};
    const bool is_left = party(2) < party(1);
    const Wei before = *node_->balance(party(1));
    by(2,
       contracts_.challenges,
       calls::prove_omission(
           voucher(1, tokens(1), 1),
           stamp,
           is_left ? std::optional{posted} : std::nullopt,
           is_left ? std::nullopt : std::optional{posted}
       ));
    by(2, contracts_.fees, calls::claim_credit(pool_, party(1)));
    // the shortfall, and a twentieth of it on top
    EXPECT_EQ(
        *node_->balance(party(1)), *add(before, *add(tokens(1), div_floor(tokens(1), Wei{20})))
    );
}

TEST_F(Justice, voids_a_root_that_takes_back_what_an_earlier_one_gave)
{
    const auto [before, had] = post(1, Wei{1'000});
    settle::Leaf less = had.leaf;
    less.epoch = 2;
    less.earned = Wei{400};
    settle::Leaf thief{
        .pool = pool_, .epoch = 2, .account = party(2), .earned = Wei{600}, .segments = 1
    };
    std::vector<settle::Leaf> leaves{less, thief};
    std::ranges::sort(leaves, {}, &settle::Leaf::account);
    const auto tree = *settle::SumTree::build(leaves);
    const EpochRoot root{
        .pool = pool_,
        .epoch = 2,
        .sum_root = tree.root().hash,
        .total_earned = tree.root().sum,
        .next_anchor = hash("anchor"),
    };
    by(0, contracts_.fees, calls::post_root(root));
    const auto stamp = *find_stamp(*node_, {.contracts = contracts_}, root);
    auto [leaf, proof] = *tree.prove(party(1));
    by(2,
       contracts_.challenges,
       calls::prove_decrease(before, had, stamp, {.leaf = leaf, .proof = proof}));
    const auto view = view_pool(*node_, contracts_, pool_, node_->head()->number);
    EXPECT_EQ(view->last_commit, Hash32{});
    EXPECT_EQ(bonded(0, BondKind::pool_operator), tokens(900));
}

TEST_F(Justice, settles_a_pool_that_stopped_posting)
{
    const auto owed = voucher(1, tokens(4), 2);
    EXPECT_EQ(refusal(contracts_.settlement, calls::open_settlement(owed)), "reverted: NotOverdue");
    pass(3 * day + 1);
    by(1, contracts_.settlement, calls::open_settlement(owed));
    by(1, contracts_.settlement, calls::submit_voucher(voucher(2, tokens(5), 2)));
    pass(7 * day);
    by(2, contracts_.settlement, calls::finish_settlement(pool_));
    by(2, contracts_.settlement, calls::settle(pool_, party(1)));
    const Wei before = *node_->balance(party(1));
    by(2, contracts_.fees, calls::claim_credit(pool_, party(1)));
    EXPECT_EQ(*node_->balance(party(1)), *add(before, tokens(5)));
}

}  // namespace
}  // namespace millpond::chain
