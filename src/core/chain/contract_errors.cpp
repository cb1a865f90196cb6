#include "core/chain/contract_errors.hpp"

#include "core/chain/abi.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace millpond::chain {
namespace {

constexpr std::array known{
    std::string_view{"AboveBond()"},
    std::string_view{"AboveFree()"},
    std::string_view{"AboveFrozen()"},
    std::string_view{"AboveLock()"},
    std::string_view{"AlreadyAttached()"},
    std::string_view{"AlreadyCollected()"},
    std::string_view{"AlreadyCommitted()"},
    std::string_view{"AlreadyEnrolled()"},
    std::string_view{"AlreadyExists()"},
    std::string_view{"AlreadyFrozen()"},
    std::string_view{"AlreadyOpen()"},
    std::string_view{"AlreadyProven()"},
    std::string_view{"AlreadyRevealed()"},
    std::string_view{"BadSignature()"},
    std::string_view{"BelowActive()"},
    std::string_view{"BelowBounds()"},
    std::string_view{"BelowTarget()"},
    std::string_view{"BondTooSmall()"},
    std::string_view{"BuyInTooSmall()"},
    std::string_view{"CaseRunning()"},
    std::string_view{"CorrectionTooOld()"},
    std::string_view{"DrawOver()"},
    std::string_view{"HoldTooLong()"},
    std::string_view{"InSettlement()"},
    std::string_view{"LeafOfAnother()"},
    std::string_view{"LockTaken()"},
    std::string_view{"NoAnchor()"},
    std::string_view{"NoBeacon()"},
    std::string_view{"NoDelegation()"},
    std::string_view{"NoLoss()"},
    std::string_view{"NoPayout()"},
    std::string_view{"NoPenaltyInPay()"},
    std::string_view{"NoSuchRound()"},
    std::string_view{"NobodyEnrolled()"},
    std::string_view{"NotALoser()"},
    std::string_view{"NotAbsent()"},
    std::string_view{"NotAdmitted()"},
    std::string_view{"NotAllowed()"},
    std::string_view{"NotAttached()"},
    std::string_view{"NotCommitting()"},
    std::string_view{"NotCourt()"},
    std::string_view{"NotDisproven()"},
    std::string_view{"NotEnrolled()"},
    std::string_view{"NotFailed()"},
    std::string_view{"NotFinished()"},
    std::string_view{"NotFund()"},
    std::string_view{"NotFunded()"},
    std::string_view{"NotGovernor()"},
    std::string_view{"NotGuardian()"},
    std::string_view{"NotHigher()"},
    std::string_view{"NotOpen()"},
    std::string_view{"NotOperator()"},
    std::string_view{"NotOver()"},
    std::string_view{"NotOverdue()"},
    std::string_view{"NotPosted()"},
    std::string_view{"NotQueued()"},
    std::string_view{"NotReady()"},
    std::string_view{"NotRegistered()"},
    std::string_view{"NotRevealing()"},
    std::string_view{"NotSeated()"},
    std::string_view{"NotTaken()"},
    std::string_view{"NotThatMany()"},
    std::string_view{"NotTheSameThing()"},
    std::string_view{"NothingDue()"},
    std::string_view{"NothingMissing()"},
    std::string_view{"NothingOwed()"},
    std::string_view{"NothingScheduled()"},
    std::string_view{"NothingToCollect()"},
    std::string_view{"NothingToDo()"},
    std::string_view{"OpeningsPaused()"},
    std::string_view{"OtherAccount()"},
    std::string_view{"OtherBond()"},
    std::string_view{"OtherTask()"},
    std::string_view{"OtherVote()"},
    std::string_view{"PausedTooRecently()"},
    std::string_view{"PenaltyOutOfBounds()"},
    std::string_view{"PoolClosed()"},
    std::string_view{"PriceMovesTooFast()"},
    std::string_view{"ProofTooLong()"},
    std::string_view{"RosterFull()"},
    std::string_view{"SameContent()"},
    std::string_view{"SeedBelongs()"},
    std::string_view{"StillEnrolled()"},
    std::string_view{"StillHeld()"},
    std::string_view{"StillLocked()"},
    std::string_view{"StillOpen()"},
    std::string_view{"TaskTaken()"},
    std::string_view{"TermsOutOfBounds()"},
    std::string_view{"TickOutOfRange()"},
    std::string_view{"TooEarly()"},
    std::string_view{"TooLate()"},
    std::string_view{"TooOld()"},
    std::string_view{"TotalFalls()"},
    std::string_view{"UnknownPool()"},
    std::string_view{"UnknownVerdictFunction()"},
    std::string_view{"VotedFor()"},
    std::string_view{"VoucherTooNew()"},
    std::string_view{"WrongBond()"},
    std::string_view{"WrongEpoch()"},
    std::string_view{"WrongSeed()"},
    std::string_view{"WrongStatus()"},
    std::string_view{"ERC20InsufficientAllowance(address,uint256,uint256)"},
    std::string_view{"ERC20InsufficientBalance(address,uint256,uint256)"},
    std::string_view{"GovernorAlreadyCastVote(address)"},
    std::string_view{"GovernorInsufficientProposerVotes(address,uint256,uint256)"},
    std::string_view{"GovernorNonexistentProposal(uint256)"},
    std::string_view{"GovernorUnexpectedProposalState(uint256,uint8,bytes32)"},
    std::string_view{"ReentrancyGuardReentrantCall()"},
    std::string_view{"SafeCastOverflowedUintDowncast(uint8,uint256)"},
    std::string_view{"SafeERC20FailedOperation(address)"},
    std::string_view{"TimelockUnexpectedOperationState(bytes32,bytes32)"},
};

constexpr std::size_t selector_size = 4;

}  // namespace

std::string error_text(ByteView revert_data)
{
    if (revert_data.size() < selector_size) return "without a reason";
    const Bytes selector(revert_data.begin(), revert_data.begin() + selector_size);
    for (const std::string_view error : known) {
        if (selector_of(error) == selector) return std::string{error.substr(0, error.find('('))};
    }
    if (selector == selector_of("Error(string)")) {
        const auto text = AbiAnswer{revert_data.subspan(selector_size)}.bytes(0);
        const bool plain =
            text && std::ranges::all_of(*text, [](std::uint8_t c) { return c >= ' ' && c < 0x7f; });
        if (plain) return std::string{as_text(*text)};
    }
    return "0x" + to_hex(selector);
}

}  // namespace millpond::chain
