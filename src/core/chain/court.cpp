#include "core/chain/court.hpp"

#include "base/assert.hpp"
#include "core/chain/internal/tuples.hpp"
#include "crypto/keccak.hpp"

#include <string>

namespace millpond::chain {
namespace {

const std::string accusation_type =
    "(bytes32,address,uint8,bytes32,uint64,uint256,uint256,uint256,uint16,bytes32,bytes32)";
const std::string offer_type =
    "(bytes32,uint64,bytes32,address,uint64,uint64,bytes32,bytes32,bytes32,uint64,uint256,uint64,"
    "uint64,uint64,bytes32,uint64,bytes32)";
const std::string commit_type = "(bytes32,bytes32,uint64,uint64,bytes32)";
const std::string disclosure_type = "(bytes32,uint64,uint64,bytes32)";

/// As abi.encode lays a receipt out: a word for each field.
template <typename T>
Abi words_of(const T& value)
{
    const Bytes bytes = receipt::encode(receipt::Signed<T>{.value = value});
    constexpr std::size_t word = 32;
    Abi abi;
    for (std::size_t at = 0; at + word <= bytes.size() - crypto::Signature{}.size(); at += word) {
        Hash32 each{};
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), word, each.begin());
        abi.word(each);
    }
    return abi;
}

Abi abi_of(const Accusation& a)
{
    return Abi{}
        .word(a.pool.value())
        .address(a.accused)
        .number(static_cast<std::uint64_t>(a.fault))
        .word(a.task.value())
        .number(a.epoch)
        .amount(a.penalty_tokens)
        .amount(a.penalty_ether)
        .amount(a.damage)
        .number(a.damage_bp)
        .word(a.evidence_root)
        .word(a.seed_commit);
}

Bytes of_case(const std::string& name, const Accusation& accusation)
{
    return call_of(name + "(" + accusation_type + ")", Abi{}.tuple(abi_of(accusation)));
}

Abi seat_abi(const Seat& seat)
{
    return Abi{}.word(seat.of).number(seat.round).number(seat.attempt).number(seat.number);
}

Abi ballot_abi(const Ballot& ballot, const Address& juror)
{
    return Abi{}
        .word(ballot.of)
        .number(ballot.round)
        .address(juror)
        .number(static_cast<std::uint64_t>(ballot.vote))
        .word(ballot.scores)
        .word(ballot.salt);
}

template <typename T>
Abi& add_signed(Abi& abi, const receipt::Signed<T>& object)
{
    return abi.tuple(words_of(object.value)).tuple(proof_by_owner(object.signature));
}

template <typename T>
Bytes of_two(
    const std::string& name,
    const std::string& type,
    const receipt::Signed<T>& a,
    const receipt::Signed<T>& b
)
{
    Abi abi;
    add_signed(abi, a);
    add_signed(abi, b);
    return call_of(name + "(" + type + "," + proof_type + "," + type + "," + proof_type + ")", abi);
}

Bytes of_voucher(const std::string& name, const receipt::Signed<Voucher>& voucher)
{
    Abi abi;
    add_signed(abi, voucher);
    return call_of(name + "(" + voucher_type + "," + proof_type + ")", abi);
}

}  // namespace

Abi abi_of(const std::optional<PostedLeaf>& posted)
{
    const PostedLeaf& there = posted ? *posted : PostedLeaf{};
    return Abi{}
        .flag(posted.has_value())
        .tuple(chain::abi_of(there.leaf))
        .tuple(chain::abi_of(there.proof));
}

Hash32 case_id(const Accusation& accusation)
{
    return crypto::keccak256(abi_of(accusation).encode());
}

std::string_view name_of(CaseStatus status)
{
    switch (status) {
        case CaseStatus::none: return "none";
        case CaseStatus::open: return "open";
        case CaseStatus::disputed: return "disputed";
        case CaseStatus::evidence: return "evidence";
        case CaseStatus::in_court: return "in_court";
        case CaseStatus::ruled: return "ruled";
        case CaseStatus::escrow: return "escrow";
        case CaseStatus::executed: return "executed";
        case CaseStatus::acquitted: return "acquitted";
        case CaseStatus::dismissed: return "dismissed";
        case CaseStatus::cancelled: return "cancelled";
    }
    MILLPOND_ASSERT(false);
}

std::optional<CaseState> case_state_of(ByteView answer)
{
    const AbiAnswer told{answer};
    const auto status = told.number(0);
    const auto until = told.number(1);
    const auto round = told.number(2);
    const auto last = static_cast<std::uint64_t>(CaseStatus::cancelled);
    if (!status || !until || !round || *status > last) return std::nullopt;
    return CaseState{.status = static_cast<CaseStatus>(*status), .until = *until, .round = *round};
}

Hash32 commitment_of(const Ballot& ballot, const Address& juror)
{
    return crypto::keccak256(ballot_abi(ballot, juror).encode());
}

std::optional<Accusation> opened_case_of(const std::vector<Hash32>& topics, ByteView data)
{
    const std::string event = "CaseOpened(bytes32,bytes32,address," + accusation_type + ")";
    if (topics.size() != 4 || topics[0] != crypto::keccak256(as_bytes(event))) return std::nullopt;
    const AbiAnswer told{data};
    const auto pool = told.word(0);
    const auto accused = told.address(1);
    const auto fault = told.number(2);
    const auto task = told.word(3);
    const auto epoch = told.number(4);
    const auto tokens = told.amount(5);
    const auto amount = told.amount(6);
    const auto damage = told.amount(7);
    const auto damage_bp = told.number(8);
    const auto evidence = told.word(9);
    const auto seed = told.word(10);
    const bool there = pool && accused && fault && *fault <= 2 && task && epoch && tokens &&
                       amount && damage && damage_bp && evidence && seed;
    if (!there) return std::nullopt;
    const Accusation read{
        .pool = PoolId{*pool},
        .accused = *accused,
        .fault = static_cast<CaseFault>(*fault),
        .task = TaskKey{*task},
        .epoch = *epoch,
        .penalty_tokens = *tokens,
        .penalty_ether = *amount,
        .damage = *damage,
        .damage_bp = *damage_bp,
        .evidence_root = *evidence,
        .seed_commit = *seed,
    };
    return case_id(read) == topics[1] ? std::optional{read} : std::nullopt;
}

namespace calls {

Bytes open_case(
    const Accusation& accusation,
    const TaskOffer& offer,
    const receipt::Signed<ResultCommit>& commit
)
{
    Abi abi = Abi{}.tuple(abi_of(accusation)).tuple(words_of(offer));
    add_signed(abi, commit);
    return call_of(
        "open(" + accusation_type + "," + offer_type + "," + commit_type + "," + proof_type + ")",
        abi
    );
}

Bytes dispute(const Accusation& accusation, const Hash32& seed_commit, bool from_pay)
{
    return call_of(
        "dispute(" + accusation_type + ",bytes32,bool)",
        Abi{}.tuple(abi_of(accusation)).word(seed_commit).flag(from_pay)
    );
}

Bytes publish_evidence(
    const Accusation& accusation, std::string_view uri, const Hash32& data_root, const Hash32& seed
)
{
    return call_of(
        "publishEvidence(" + accusation_type + ",string,bytes32,bytes32)",
        Abi{}.tuple(abi_of(accusation)).bytes(as_bytes(uri)).word(data_root).word(seed)
    );
}

Bytes summon(const Accusation& accusation, const Hash32& seed)
{
    return call_of(
        "summon(" + accusation_type + ",bytes32)", Abi{}.tuple(abi_of(accusation)).word(seed)
    );
}

Bytes take_verdict(const Accusation& accusation)
{
    return of_case("takeVerdict", accusation);
}

Bytes appeal(const Accusation& accusation)
{
    return of_case("appeal", accusation);
}

Bytes advance_case(const Accusation& accusation)
{
    return of_case("advance", accusation);
}

Bytes execute_case(const Accusation& accusation, const EpochStamp& stamp, const PostedLeaf& posted)
{
    return call_of(
        "execute(" + accusation_type + "," + stamp_type + "," + posted_type + ")",
        Abi{}.tuple(abi_of(accusation)).tuple(abi_of(stamp)).tuple(abi_of(std::optional{posted}))
    );
}

Bytes execute_without_pay(const Accusation& accusation)
{
    return of_case("executeWithoutPay", accusation);
}

Bytes cancel_case(const Accusation& accusation, std::string_view reason)
{
    return call_of(
        "cancel(" + accusation_type + ",string)",
        Abi{}.tuple(abi_of(accusation)).bytes(as_bytes(reason))
    );
}

Bytes disprove_case(const Accusation& accusation)
{
    return of_case("disprove", accusation);
}

Bytes uncovered_loss_of(const Hash32& of)
{
    return call_of("uncoveredLossOf(bytes32)", Abi{}.word(of));
}

Bytes cover_loss(const Accusation& accusation)
{
    return of_case("cover", accusation);
}

Bytes status_of(const Accusation& accusation)
{
    return of_case("statusOf", accusation);
}

Bytes opening_bond(const Accusation& accusation)
{
    return of_case("openingBond", accusation);
}

Bytes defence_bond(const Accusation& accusation)
{
    return of_case("defenceBond", accusation);
}

Bytes draw_jury(const Hash32& of, std::uint64_t round, std::uint64_t tries)
{
    return call_of("draw(bytes32,uint8,uint256)", Abi{}.word(of).number(round).number(tries));
}

Bytes retry_jury(const Hash32& of, std::uint64_t round)
{
    return call_of("retry(bytes32,uint8)", Abi{}.word(of).number(round));
}

Bytes commit_vote(const Ballot& ballot, const Address& juror)
{
    return call_of(
        "commitVote(bytes32,uint8,bytes32)",
        Abi{}.word(ballot.of).number(ballot.round).word(commitment_of(ballot, juror))
    );
}

Bytes reveal_vote(const Ballot& ballot)
{
    return call_of(
        "revealVote(bytes32,uint8,uint8,bytes32,bytes32)",
        Abi{}
            .word(ballot.of)
            .number(ballot.round)
            .number(static_cast<std::uint64_t>(ballot.vote))
            .word(ballot.scores)
            .word(ballot.salt)
    );
}

Bytes release_seat(const Seat& seat)
{
    return call_of("release(bytes32,uint8,uint8,uint8)", seat_abi(seat));
}

Bytes pay_fee(const Seat& seat)
{
    return call_of("payFee(bytes32,uint8,uint8,uint8)", seat_abi(seat));
}

Bytes juror_of(const Seat& seat)
{
    return call_of("jurorOf(bytes32,uint8,uint8,uint8)", seat_abi(seat));
}

Bytes deadlines_of(const Hash32& of, std::uint64_t round)
{
    return call_of("deadlinesOf(bytes32,uint8)", Abi{}.word(of).number(round));
}

Bytes outcome_of(const Hash32& of, std::uint64_t round)
{
    return call_of("outcomeOf(bytes32,uint8)", Abi{}.word(of).number(round));
}

Bytes seats_of(std::uint64_t round)
{
    return call_of("seatsOf(uint8)", Abi{}.number(round));
}

Bytes juror_fee()
{
    return call_of("JUROR_FEE()", Abi{});
}

Bytes join_jurors()
{
    return call_of("join()", Abi{});
}

Bytes enrol_juror(const Address& juror)
{
    return call_of("enrol(address)", Abi{}.address(juror));
}

Bytes quit_jurors()
{
    return call_of("quit()", Abi{});
}

Bytes activate_verdict_function(const PoolId& pool, const Hash32& function)
{
    return call_of(
        "activateVerdictFunction(bytes32,bytes32)", Abi{}.word(pool.value()).word(function)
    );
}

Bytes name_watcher(const PoolId& pool, const Address& watcher)
{
    return call_of("nameWatcher(bytes32,address)", Abi{}.word(pool.value()).address(watcher));
}

Bytes prove_omission(
    const receipt::Signed<Voucher>& voucher,
    const EpochStamp& stamp,
    const std::optional<PostedLeaf>& left,
    const std::optional<PostedLeaf>& right
)
{
    Abi abi;
    add_signed(abi, voucher);
    abi.tuple(abi_of(stamp)).tuple(abi_of(left)).tuple(abi_of(right));
    return call_of(
        std::string{"proveOmission("} + voucher_type + "," + proof_type + "," + stamp_type + "," +
            posted_type + "," + posted_type + ")",
        abi
    );
}

Bytes prove_voucher_equivocation(
    const receipt::Signed<Voucher>& a, const receipt::Signed<Voucher>& b
)
{
    return of_two("proveVoucherEquivocation", voucher_type, a, b);
}

Bytes prove_offer_equivocation(
    const receipt::Signed<TaskOffer>& a, const receipt::Signed<TaskOffer>& b
)
{
    return of_two("proveOfferEquivocation", offer_type, a, b);
}

Bytes prove_result_equivocation(
    const TaskOffer& offer,
    const receipt::Signed<ResultCommit>& a,
    const receipt::Signed<ResultCommit>& b
)
{
    Abi abi = Abi{}.tuple(words_of(offer));
    add_signed(abi, a);
    add_signed(abi, b);
    return call_of(
        "proveResultEquivocation(" + offer_type + "," + commit_type + "," + proof_type + "," +
            commit_type + "," + proof_type + ")",
        abi
    );
}

Bytes prove_seed_mismatch(const receipt::Signed<SeedDisclosure>& disclosure)
{
    Abi abi;
    add_signed(abi, disclosure);
    return call_of("proveSeedMismatch(" + disclosure_type + "," + proof_type + ")", abi);
}

Bytes prove_decrease(
    const EpochStamp& before, const PostedLeaf& had, const EpochStamp& stamp, const PostedLeaf& has
)
{
    return call_of(
        std::string{"proveDecrease("} + stamp_type + "," + posted_type + "," + stamp_type + "," +
            posted_type + ")",
        Abi{}
            .tuple(abi_of(before))
            .tuple(abi_of(std::optional{had}))
            .tuple(abi_of(stamp))
            .tuple(abi_of(std::optional{has}))
    );
}

Bytes open_settlement(const receipt::Signed<Voucher>& voucher)
{
    return of_voucher("open", voucher);
}

Bytes submit_voucher(const receipt::Signed<Voucher>& voucher)
{
    return of_voucher("submitVoucher", voucher);
}

Bytes submit_leaf(const EpochStamp& stamp, const PostedLeaf& posted)
{
    return call_of(
        std::string{"submitLeaf("} + stamp_type + "," + posted_type + ")",
        Abi{}.tuple(abi_of(stamp)).tuple(abi_of(std::optional{posted}))
    );
}

Bytes rebase_voucher(const PoolId& pool, const Address& transcoder)
{
    return call_of("rebase(bytes32,address)", Abi{}.word(pool.value()).address(transcoder));
}

Bytes finish_settlement(const PoolId& pool)
{
    return call_of("finish(bytes32)", Abi{}.word(pool.value()));
}

Bytes settle(const PoolId& pool, const Address& transcoder)
{
    return call_of("settle(bytes32,address)", Abi{}.word(pool.value()).address(transcoder));
}

Bytes claim_credit(const PoolId& pool, const Address& account)
{
    return call_of("claimCredit(bytes32,address)", Abi{}.word(pool.value()).address(account));
}

}  // namespace calls
}  // namespace millpond::chain
