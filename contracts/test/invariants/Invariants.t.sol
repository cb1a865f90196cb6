// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Test} from "../support/Test.sol";
import {CaseHandler} from "./CaseHandler.sol";

/// Which functions of a target forge calls.
struct FuzzSelector {
    address addr;
    bytes4[] selectors;
}

/// Two pools, their money and their cases under random calls in random order.
contract InvariantsTest is Test {
    CaseHandler private _handler;

    function setUp() external {
        _handler = new CaseHandler();
        targetContract(address(_handler));
    }

    function targetSelectors() external view returns (FuzzSelector[] memory chosen) {
        chosen = new FuzzSelector[](1);
        bytes4[] memory calls = new bytes4[](36);
        uint256 n = 0;
        // what takes many steps to come true is called more often
        (calls[n++], calls[n++], calls[n++]) =
        (_handler.pass.selector, _handler.pass.selector, _handler.post.selector);
        for (uint256 i = 0; i < 6; ++i) {
            calls[n++] = _handler.move.selector;
        }
        calls[n++] = _handler.openCase.selector;
        (calls[n++], calls[n++]) = (_handler.dispute.selector, _handler.publish.selector);
        (calls[n++], calls[n++]) = (_handler.summon.selector, _handler.sit.selector);
        (calls[n++], calls[n++]) = (_handler.takeVerdict.selector, _handler.retry.selector);
        (calls[n++], calls[n++]) = (_handler.appeal.selector, _handler.advance.selector);
        (calls[n++], calls[n++]) = (_handler.execute.selector, _handler.executeWithoutPay.selector);
        (calls[n++], calls[n++]) = (_handler.cancel.selector, _handler.bondMore.selector);
        (calls[n++], calls[n++]) = (_handler.unbond.selector, _handler.withdraw.selector);
        (calls[n++], calls[n++]) = (_handler.fund.selector, _handler.withdrawFree.selector);
        (calls[n++], calls[n++]) = (_handler.claim.selector, _handler.claimCredit.selector);
        (calls[n++], calls[n++]) = (_handler.proveDecrease.selector, _handler.proveShortfall.selector);
        (calls[n++], calls[n++]) = (_handler.addBond.selector, _handler.openSettlement.selector);
        (calls[n++], calls[n++]) = (_handler.submitVoucher.selector, _handler.submitLeaf.selector);
        (calls[n++], calls[n++]) = (_handler.finishSettlement.selector, _handler.settle.selector);
        chosen[0] = FuzzSelector(address(_handler), calls);
        assertEq(n, 36);
    }

    /// Ether and tokens are where the books say, what is reserved is there, nothing is taken without a
    /// finished case, and what was paid never becomes less.
    function invariant_moneyIsConserved() external {
        _handler.checkMoney();
        _handler.checkCases();
        assertEq(_handler.broken(), "");
    }

    /// At the end of every run.
    function afterInvariant() external {
        _handler.endAll();
        _handler.checkMoney();
        _handler.checkCases();
        assertEq(_handler.broken(), "");
    }

    function assertEq(string memory left, string memory right) private pure {
        if (keccak256(bytes(left)) != keccak256(bytes(right))) revert NotTrue(left);
    }
}
