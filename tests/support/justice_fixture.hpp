#pragma once

#include "core/chain/court.hpp"
#include "crypto/keccak.hpp"
#include "edge/chain/views.hpp"
#include "tests/support/contracts_fixture.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace millpond::chain {

constexpr std::uint64_t hour = 3'600;
constexpr std::uint64_t day = 24 * hour;
inline const Hash32 verdicts = crypto::keccak256(as_bytes("verdict function"));
inline const Hash32 claimant_half = crypto::keccak256(as_bytes("claimant's half"));
inline const Hash32 accused_half = crypto::keccak256(as_bytes("accused's half"));

/// Tenths of a token are tenths of an ether.
inline Wei tokens(std::uint64_t whole)
{
    return test::ether(whole * 10);
}

/// A pool with a bonded operator (account 0) and a bonded transcoder (account 1).
class Justice : public test::ContractsTest {
protected:
    void begin() override
    {
        found(hash("anchor"));
        run("verdicts", contracts_.registry, calls::activate_verdict_function(pool_, verdicts));
        back();
    }

    /// Bonds, and ether to pay with, for a pool that is founded.
    void back()
    {
        domain_ = crypto::domain_separator(domain());
        bond(0, BondKind::pool_operator, tokens(1'000));
        by(1,
           contracts_.registry,
           calls::register_transcoder(pool_, test::Anvil::account(1), 72 * hour));
        bond(1, BondKind::transcoder, tokens(1'000));
        run("cover", contracts_.operator_bond, calls::deposit_operator_bond(pool_), tokens(10));
        run("fund", contracts_.fees, calls::fund(pool_), tokens(10));
    }

    static Hash32 hash(const std::string& of) { return crypto::keccak256(as_bytes(of)); }

    /// Fewer than the accounts of the node, then others that are given ether.
    crypto::PrivateKey key(int number)
    {
        if (number < 4) return test::Anvil::key(number);
        return *crypto::PrivateKey::parse(hash("party " + std::to_string(number)));
    }

    Address party(int number) { return Address{key(number).address()}; }

    Sender& sender_of(int number)
    {
        auto& found = parties_[number];
        if (found) return *found->sender;
        auto opened = Intents::open(folder_ / ("party" + std::to_string(number)));
        found = std::make_unique<Party>(Party{.intents = std::move(*opened)});
        const SenderSettings settings{.confirmations = 0, .spend_max = test::ether(10'000)};
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
        EXPECT_TRUE(!ended || ended->succeeded);
        return ended ? *ended : Ended{};
    }

    /// The same without our sender, for crowds: the node signs.
    void crowd(int number, const Address& to, const Bytes& data)
    {
        const std::string from = crypto::checksum_address(party(number).value());
        EXPECT_TRUE(node_->raw("anvil_setBalance", "[\"" + from + R"(", "0x8ac7230489e80000"])"));
        EXPECT_TRUE(node_->raw("anvil_impersonateAccount", "[\"" + from + "\"]"));
        const auto sent = node_->raw(
            "eth_sendTransaction",
            R"([{"from":")" + from + R"(","to":")" + crypto::checksum_address(to.value()) +
                R"(","gas":"0x7a1200","data":"0x)" + to_hex(data) + R"("}])"
        );
        EXPECT_TRUE(sent) << sent.error().what;
        if (sent) expect_done(*sent);
    }

    /// The node answers before the block is there.
    void expect_done(const std::string& transaction)
    {
        std::string receipt = "null";
        for (int asked = 0; asked < 10'000 && receipt == "null"; ++asked)
            receipt = node_->raw("eth_getTransactionReceipt", "[" + transaction + "]").value_or("");
        EXPECT_NE(receipt.find(R"("status":"0x1")"), std::string::npos) << receipt;
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

    Accusation open_case(
        const Wei& penalty,
        CaseFault fault = CaseFault::fraud,
        const Wei& damage = Wei{},
        const Wei& of_pay = Wei{}
    )
    {
        const TaskOffer task = offer("task " + std::to_string(++acts_));
        const Accusation accusation{
            .pool = pool_,
            .accused = party(1),
            .fault = fault,
            .task = task.task,
            .epoch = 1,
            .penalty_tokens = penalty,
            .penalty_ether = of_pay,
            .damage = damage,
            .damage_bp = damage.is_zero() ? 0U : 2'500U,
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
        if (has_beacon()) pass(hour);
        by(1, contracts_.court, calls::summon(accusation, accused_half));
        EXPECT_EQ(status(accusation), "in_court");
    }

    /// So many jurors with the bond of two seats, or another, on the roster.
    void enrol(int count, std::uint64_t bond_of_each = 40)
    {
        const Wei amount = tokens(bond_of_each);
        for (int i = 0; i < count; ++i) {
            const int juror = first_juror + i;
            const Address& token = contracts_.token;
            const Abi minted = Abi{}.address(party(juror)).amount(amount);
            crowd(juror, token, call_of("mint(address,uint256)", minted));
            crowd(juror, token, calls::approve(contracts_.bonds, amount));
            crowd(juror, contracts_.bonds, calls::deposit_bond(pool_, BondKind::juror, amount));
            crowd(juror, contracts_.jurors, calls::join_jurors());
            number_of_[party(juror)] = juror;
        }
        pass(14 * day);
        for (int i = 0; i < count; ++i)
            crowd(2, contracts_.jurors, calls::enrol_juror(party(first_juror + i)));
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
        show(vote_under_seal(accusation, round, seats, convict), seats);
        by(2, contracts_.court, calls::take_verdict(accusation));
    }

    /// A few hundred tries, as many in a transaction as there is gas for.
    void draw(const Hash32& of, std::uint64_t round)
    {
        const auto drawn = [&] {
            const Bytes told =
                *node_->call({.to = contracts_.jury, .data = calls::deadlines_of(of, round)});
            return *AbiAnswer{told}.number(1) != 0;
        };
        for (int i = 0; i < 8 && !drawn(); ++i)
            by(2, contracts_.jury, calls::draw_jury(of, round, 50));
    }

    using Ballots = std::vector<std::pair<int, Ballot>>;

    int seated(const Seat& seat)
    {
        const Bytes told = *node_->call({.to = contracts_.jury, .data = calls::juror_of(seat)});
        return number_of_.at(*AbiAnswer{told}.address(0));
    }

    Ballots vote_under_seal(
        const Accusation& accusation,
        std::uint64_t round,
        std::uint64_t seats,
        std::uint64_t convict
    )
    {
        const Hash32 of = case_id(accusation);
        draw(of, round);
        Ballots ballots;
        for (std::uint64_t i = 0; i < seats; ++i) {
            const int juror = seated({.of = of, .round = round, .number = i});
            const Ballot ballot{
                .of = of,
                .round = round,
                .vote = i < convict ? Vote::convict : Vote::acquit,
                .scores = hash("scores"),
                .salt = hash("salt " + std::to_string(i)),
            };
            crowd(juror, contracts_.jury, calls::commit_vote(ballot, party(juror)));
            ballots.emplace_back(juror, ballot);
        }
        return ballots;
    }

    /// So many of the votes are opened; then the round is over.
    void show(const Ballots& ballots, std::size_t count)
    {
        pass(48 * hour);
        for (std::size_t i = 0; i < count; ++i)
            crowd(ballots[i].first, contracts_.jury, calls::reveal_vote(ballots[i].second));
        pass(48 * hour);
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

}  // namespace millpond::chain
