// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// Livepeer's contracts as far as an orchestrator calls them: the same functions, refusals in the same order and
/// events. Rounds and the active set are the test's to say.
contract LivepeerDouble {
    mapping(bytes32 => address) public getContract;

    constructor() {
        RoundsDouble rounds = new RoundsDouble();
        BondingDouble bonding = new BondingDouble(rounds);
        getContract[keccak256("RoundsManager")] = address(rounds);
        getContract[keccak256("BondingManager")] = address(bonding);
        getContract[keccak256("ServiceRegistry")] = address(new ServicesDouble());
        getContract[keccak256("TicketBroker")] = address(new BrokerDouble(rounds, bonding));
    }
}

contract RoundsDouble {
    uint256 public lastInitializedRound = 10;
    bool public currentRoundInitialized = true;
    mapping(uint256 => bytes32) public blockHashForRound;

    constructor() {
        blockHashForRound[10] = keccak256("round 10");
    }

    function start(uint256 round, bytes32 blockHash) external {
        lastInitializedRound = round;
        blockHashForRound[round] = blockHash;
    }

    function setInitialized(bool initialized) external {
        currentRoundInitialized = initialized;
    }

    function blockNum() external view returns (uint256) {
        return block.number;
    }
}

contract BondingDouble {
    event Reward(address indexed transcoder, uint256 amount);

    RoundsDouble private immutable rounds;
    uint256 public getTranscoderPoolSize = 1;
    uint256 public deactivationRound = type(uint256).max;
    mapping(address => uint256) public lastRewardRound;
    mapping(address => uint256) public earned;

    constructor(RoundsDouble roundsAre) {
        rounds = roundsAre;
    }

    function setPoolSize(uint256 size) external {
        getTranscoderPoolSize = size;
    }

    function deactivate(uint256 round) external {
        deactivationRound = round;
    }

    function isActiveTranscoder(address) public view returns (bool) {
        return rounds.lastInitializedRound() < deactivationRound;
    }

    function getTranscoder(address who)
        external
        view
        returns (uint256, uint256, uint256, uint256, uint256, uint256, uint256, uint256, uint256, uint256)
    {
        return (lastRewardRound[who], 0, 0, 0, 1, deactivationRound, 0, 0, 0, 0);
    }

    function reward() external {
        uint256 round = rounds.lastInitializedRound();
        require(isActiveTranscoder(msg.sender), "caller must be an active transcoder");
        require(lastRewardRound[msg.sender] != round, "caller has already called reward for the current round");
        lastRewardRound[msg.sender] = round;
        emit Reward(msg.sender, 1);
    }

    function updateTranscoderWithFees(address who, uint256 fees) external {
        earned[who] += fees;
    }
}

contract ServicesDouble {
    event ServiceURIUpdate(address indexed addr, string serviceURI);

    mapping(address => string) private uris;

    function setServiceURI(string calldata uri) external {
        uris[msg.sender] = uri;
        emit ServiceURIUpdate(msg.sender, uri);
    }

    function getServiceURI(address who) external view returns (string memory) {
        return uris[who];
    }
}

contract BrokerDouble {
    struct Ticket {
        address recipient;
        address sender;
        uint256 faceValue;
        uint256 winProb;
        uint256 senderNonce;
        bytes32 recipientRandHash;
        bytes auxData;
    }

    event DepositFunded(address indexed sender, uint256 amount);
    event ReserveFunded(address indexed reserveHolder, uint256 amount);
    event ReserveClaimed(address indexed reserveHolder, address claimant, uint256 amount);
    event WinningTicketTransfer(address indexed sender, address indexed recipient, uint256 amount);
    event Unlock(address indexed sender, uint256 startRound, uint256 endRound);
    event UnlockCancelled(address indexed sender);
    event Withdrawal(address indexed sender, uint256 deposit, uint256 reserve);

    RoundsDouble private immutable rounds;
    BondingDouble private immutable bonding;
    uint256 public redemptions;
    mapping(bytes32 => bool) public usedTickets;
    mapping(address => uint256) private deposits;
    mapping(address => uint256) private reserves;
    mapping(address => uint256) private withdrawRounds;
    mapping(address => mapping(uint256 => uint256)) private claimedInRound;
    mapping(address => mapping(uint256 => mapping(address => uint256))) private claimedBy;

    constructor(RoundsDouble roundsAre, BondingDouble bondingIs) {
        rounds = roundsAre;
        bonding = bondingIs;
    }

    function fundDepositAndReserve(uint256 deposit, uint256 reserve) external payable {
        require(msg.value == deposit + reserve, "msg.value does not equal sum of deposit amount and reserve amount");
        deposits[msg.sender] += deposit;
        reserves[msg.sender] += reserve;
        withdrawRounds[msg.sender] = 0;
        emit DepositFunded(msg.sender, deposit);
        emit ReserveFunded(msg.sender, reserve);
    }

    function unlock() external {
        uint256 round = rounds.lastInitializedRound();
        withdrawRounds[msg.sender] = round + 2;
        emit Unlock(msg.sender, round, round + 2);
    }

    function cancelUnlock() external {
        withdrawRounds[msg.sender] = 0;
        emit UnlockCancelled(msg.sender);
    }

    function withdraw() external {
        require(withdrawRounds[msg.sender] != 0, "no unlock request in progress");
        require(withdrawRounds[msg.sender] <= rounds.lastInitializedRound(), "account is locked");
        uint256 deposit = deposits[msg.sender];
        uint256 reserve = reserves[msg.sender];
        deposits[msg.sender] = 0;
        reserves[msg.sender] = 0;
        withdrawRounds[msg.sender] = 0;
        emit Withdrawal(msg.sender, deposit, reserve);
        payable(msg.sender).transfer(deposit + reserve);
    }

    function getSenderInfo(address sender) external view returns (uint256, uint256, uint256, uint256) {
        uint256 claimed = claimedInRound[sender][rounds.lastInitializedRound()];
        return (deposits[sender], withdrawRounds[sender], reserves[sender], claimed);
    }

    function claimedReserve(address holder, address claimant) public view returns (uint256) {
        return claimedBy[holder][rounds.lastInitializedRound()][claimant];
    }

    function claimableReserve(address holder, address claimant) public view returns (uint256) {
        uint256 size = bonding.getTranscoderPoolSize();
        if (!bonding.isActiveTranscoder(claimant) || size == 0) return 0;
        uint256 whole = reserves[holder] + claimedInRound[holder][rounds.lastInitializedRound()];
        return whole / size - claimedReserve(holder, claimant);
    }

    function redeemWinningTicket(Ticket calldata ticket, bytes calldata sig, uint256 recipientRand) external {
        require(rounds.currentRoundInitialized(), "current round is not initialized");
        require(ticket.recipient != address(0), "ticket recipient is null address");
        require(ticket.sender != address(0), "ticket sender is null address");
        requireValidRound(ticket.auxData);
        require(
            keccak256(abi.encodePacked(recipientRand)) == ticket.recipientRandHash,
            "recipientRand does not match recipientRandHash"
        );
        bytes32 hash = hashOf(ticket);
        require(!usedTickets[hash], "ticket is used");
        require(
            ECDSA.recover(MessageHashUtils.toEthSignedMessageHash(hash), sig) == ticket.sender,
            "invalid signature over ticket hash"
        );
        require(uint256(keccak256(abi.encodePacked(sig, recipientRand))) < ticket.winProb, "ticket did not win");
        uint256 withdrawRound = withdrawRounds[ticket.sender];
        require(withdrawRound == 0 || withdrawRound > rounds.lastInitializedRound(), "sender is unlocked");
        require(deposits[ticket.sender] + reserves[ticket.sender] > 0, "sender deposit and reserve are zero");
        usedTickets[hash] = true;
        ++redemptions;
        pay(ticket.sender, ticket.recipient, ticket.faceValue);
    }

    function pay(address sender, address recipient, uint256 faceValue) private {
        uint256 deposit = deposits[sender];
        uint256 amount = faceValue;
        if (faceValue <= deposit) {
            deposits[sender] = deposit - faceValue;
        } else {
            uint256 claimable = claimableReserve(sender, recipient);
            uint256 claimed = faceValue - deposit < claimable ? faceValue - deposit : claimable;
            uint256 round = rounds.lastInitializedRound();
            deposits[sender] = 0;
            reserves[sender] -= claimed;
            claimedInRound[sender][round] += claimed;
            claimedBy[sender][round][recipient] += claimed;
            amount = deposit + claimed;
            if (claimed > 0) emit ReserveClaimed(sender, recipient, claimed);
        }
        bonding.updateTranscoderWithFees(recipient, amount);
        emit WinningTicketTransfer(sender, recipient, amount);
    }

    function requireValidRound(bytes calldata auxData) private view {
        require(auxData.length == 64, "invalid length for ticket auxData: must be 64 bytes");
        (uint256 round, bytes32 blockHash) = abi.decode(auxData, (uint256, bytes32));
        bytes32 known = rounds.blockHashForRound(round);
        require(known != 0, "ticket creationRound does not have a block hash");
        require(known == blockHash, "ticket creationRoundBlockHash invalid for creationRound");
        require(round + 2 > rounds.lastInitializedRound(), "ticket is expired");
    }

    function hashOf(Ticket calldata ticket) private pure returns (bytes32) {
        return keccak256(
            abi.encodePacked(
                ticket.recipient,
                ticket.sender,
                ticket.faceValue,
                ticket.winProb,
                ticket.senderNonce,
                ticket.recipientRandHash,
                ticket.auxData
            )
        );
    }
}
