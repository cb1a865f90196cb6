// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Voucher} from "../libraries/Receipts.sol";
import {PostedLeaf} from "./IChallenges.sol";
import {EpochStamp} from "./IFeeVault.sol";
import {Proof} from "./IPoolRegistry.sol";

/// What happens to a pool that stops posting roots: for seven days every transcoder shows its newest
/// voucher, then all are paid in the same proportion out of what is free in the vault and the operator's
/// bond, whatever the order they came in. Nobody can change the contract.
interface ISettlement {
    error NotOverdue();
    error AlreadyOpen();
    error NotOpen();
    error StillOpen();
    error NotFinished();
    error NothingMissing();
    error NotHigher();
    error LeafOfAnother();

    event SettlementOpened(bytes32 indexed poolId, uint64 until);
    event VoucherSubmitted(bytes32 indexed poolId, address indexed transcoder, uint256 earned, uint256 base);
    event SettlementFinished(bytes32 indexed poolId, uint256 owed, uint256 available);
    event Settled(bytes32 indexed poolId, address indexed transcoder, uint256 amount);

    /// Opens the settlement of a pool whose root is 48 hours overdue, with a voucher that no root holds. By
    /// anybody.
    function open(Voucher calldata voucher, Proof calldata proof) external;

    /// Shows a transcoder's newest voucher. By anybody.
    function submitVoucher(Voucher calldata voucher, Proof calldata proof) external;

    /// Shows what of a voucher a root already holds, which is reserved and no part of the settlement. By
    /// anybody: all others gain by it.
    function submitLeaf(EpochStamp calldata stamp, PostedLeaf calldata posted) external;

    /// Takes off what a transcoder was paid or credited since its voucher was shown, such as a shortfall that
    /// was covered meanwhile. By anybody: all others gain by it.
    function rebase(bytes32 poolId, address transcoder) external;

    /// Ends the seven days: fixes the proportion and reserves the money. By anybody.
    function finish(bytes32 poolId) external;

    /// Credits one transcoder's part in the fee vault. By anybody.
    function settle(bytes32 poolId, address transcoder) external;

    function isOpen(bytes32 poolId) external view returns (bool);
    function owedTo(bytes32 poolId, address transcoder) external view returns (uint256);
}
