// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// Livepeer's controller, rounds, bonding and ticket broker in one, as far as a recipient of tickets calls them: the
/// same functions, the same refusals in the same order. Rounds and the active set are the test's to say.
contract LivepeerDouble {
    struct Ticket {
        address recipient;
        address sender;
        uint256 faceValue;
        uint256 winProb;
        uint256 senderNonce;
        bytes32 recipientRandHash;
        bytes auxData;
    }

    event WinningTicketTransfer(address indexed sender, address indexed recipient, uint256 amount);

    uint256 public lastInitializedRound = 10;
    uint256 public poolSize = 1;
    uint256 public deactivationRound = type(uint256).max;
    mapping(uint256 => bytes32) public blockHashForRound;
    mapping(bytes32 => bool) public usedTickets;
    mapping(address => uint256) public deposits;
    mapping(address => uint256) public reserves;
    mapping(address => uint256) public withdrawRounds;
    mapping(address => uint256) public earned;

    constructor() {
        blockHashForRound[10] = keccak256("round 10");
    }

    function startRound(uint256 round, bytes32 blockHash) external {
        lastInitializedRound = round;
        blockHashForRound[round] = blockHash;
    }

    function deactivate(uint256 round) external {
        deactivationRound = round;
    }

    function fundDepositAndReserve(uint256 deposit, uint256 reserve) external payable {
        require(msg.value == deposit + reserve, "msg.value does not equal sum of deposit amount and reserve amount");
        deposits[msg.sender] += deposit;
        reserves[msg.sender] += reserve;
    }

    function unlock() external {
        withdrawRounds[msg.sender] = lastInitializedRound + 2;
    }

    function getContract(bytes32) external view returns (address) {
        return address(this);
    }

    function blockNum() external view returns (uint256) {
        return block.number;
    }

    function getTranscoderPoolSize() external view returns (uint256) {
        return poolSize;
    }

    function getTranscoder(address)
        external
        view
        returns (uint256, uint256, uint256, uint256, uint256, uint256, uint256, uint256, uint256, uint256)
    {
        return (0, 0, 0, 0, 1, deactivationRound, 0, 0, 0, 0);
    }

    function getSenderInfo(address sender) external view returns (uint256, uint256, uint256, uint256) {
        return (deposits[sender], withdrawRounds[sender], reserves[sender], 0);
    }

    function claimedReserve(address, address) external pure returns (uint256) {
        return 0;
    }

    function redeemWinningTicket(Ticket calldata ticket, bytes calldata sig, uint256 recipientRand) external {
        (uint256 round, bytes32 blockHash) = abi.decode(ticket.auxData, (uint256, bytes32));
        bytes32 known = blockHashForRound[round];
        require(known != 0, "ticket creationRound does not have a block hash");
        require(known == blockHash, "ticket creationRoundBlockHash invalid for creationRound");
        require(round + 2 > lastInitializedRound, "ticket is expired");
        require(
            keccak256(abi.encodePacked(recipientRand)) == ticket.recipientRandHash,
            "recipientRand does not match recipientRandHash"
        );
        bytes32 hash = keccak256(
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
        require(!usedTickets[hash], "ticket is used");
        require(
            ECDSA.recover(MessageHashUtils.toEthSignedMessageHash(hash), sig) == ticket.sender,
            "invalid signature over ticket hash"
        );
        require(
            uint256(keccak256(abi.encodePacked(sig, recipientRand))) < ticket.winProb, "ticket did not win"
        );
        require(deposits[ticket.sender] + reserves[ticket.sender] > 0, "sender deposit and reserve are zero");
        usedTickets[hash] = true;
        uint256 fromDeposit = ticket.faceValue > deposits[ticket.sender] ? deposits[ticket.sender] : ticket.faceValue;
        deposits[ticket.sender] -= fromDeposit;
        earned[ticket.recipient] += fromDeposit;
        emit WinningTicketTransfer(ticket.sender, ticket.recipient, fromDeposit);
    }
}
