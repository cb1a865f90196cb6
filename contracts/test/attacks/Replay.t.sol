// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {PostedLeaf, IChallenges} from "../../src/interfaces/IChallenges.sol";
import {EpochStamp, IFeeVault} from "../../src/interfaces/IFeeVault.sol";
import {Proof} from "../../src/interfaces/IPoolRegistry.sol";
import {IRandomness} from "../../src/interfaces/IRandomness.sol";
import "../../src/libraries/Receipts.sol";
import {Leaf} from "../../src/libraries/SumTree.sol";
import {PoolFixture} from "../support/PoolFixture.sol";
import {PlainToken} from "../support/Tokens.sol";

/// A wallet that is a contract: it has signed what it says it has.
contract Wallet {
    mapping(bytes32 digest => bool) public approves;

    function approve(bytes32 digest) external {
        approves[digest] = true;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return approves[digest] ? this.isValidSignature.selector : bytes4(0);
    }
}

/// What was signed once counts for one chain, registry, pool, epoch and kind of object.
contract ReplayAttacksTest is PoolFixture {
    uint256 private constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    address internal worker;
    bytes32 internal structHash = keccak256("what was signed");

    function setUp() public override {
        super.setUp();
        worker = _transcoder("worker", 0);
    }

    function test_X04_notOnAnotherChain() external {
        Proof memory proof = _signed(structHash, "worker");
        _expectSigned(proof, true);
        vm.chainId(42_161);
        _expectSigned(proof, false);
    }

    function test_X04_notAtAnotherRegistry() external {
        Proof memory proof = _signed(structHash, "worker");
        _deploy(new PlainToken(), IRandomness(address(0)));
        _expectSigned(proof, false);
    }

    function test_X04_notInAnotherPool() external {
        Leaf[] memory leaves = _only(worker, 1 ether, 1);
        EpochStamp memory stamp = _post(1, leaves);
        Voucher memory voucher = _voucher(worker, 1, 2 ether, 1);
        Proof memory proof = _byOperator(voucher);
        PostedLeaf memory posted = _posted(leaves, worker);
        voucher.poolId = _openPool("another operator");
        vm.expectRevert(IChallenges.NotTheSameThing.selector);
        s.challenges.proveUnderInclusion(voucher, proof, stamp, posted);
        posted.leaf.poolId = voucher.poolId;
        vm.expectRevert(IFeeVault.NotPosted.selector);
        s.challenges.proveUnderInclusion(voucher, proof, stamp, posted);
    }

    function test_X04_aGrantOfAnotherPoolOrOwnerIsNone() external view {
        SessionGrant memory grant = _grant("worker", "key", SCOPE_COMMIT);
        _expectSigned(_signedWith(structHash, "key", grant, "worker"), true);
        grant.poolId = keccak256("another pool");
        _expectSigned(_signedWith(structHash, "key", grant, "worker"), false);
        grant = _grant("operator", "key", SCOPE_COMMIT);
        _expectSigned(_signedWith(structHash, "key", grant, "operator"), false);
    }

    function test_X04_aLeafCountsInItsOwnEpochAndARootOnce() external {
        Leaf[] memory leaves = _only(worker, 1 ether, 1);
        EpochStamp memory first = _post(1, leaves);
        Leaf[] memory later = _only(worker, 1 ether, 2);
        EpochStamp memory second = _post(2, later);
        vm.warp(START + 36 hours);
        PostedLeaf memory posted = _posted(leaves, worker);
        vm.expectRevert(IFeeVault.LeafOfAnother.selector);
        s.fees.claim(second, posted.leaf, posted.proof);
        posted.leaf.epoch = 2;
        s.fees.claim(second, posted.leaf, posted.proof);
        posted.leaf.epoch = 1;
        vm.expectRevert(IFeeVault.NothingDue.selector);
        s.fees.claim(first, posted.leaf, posted.proof);
    }

    function test_X04_aVoucherIsNoOtherObject() external view {
        Voucher memory voucher = _voucher(worker, 1, 1 ether, 1);
        Reject memory reject = Reject(
            voucher.poolId, bytes32(uint256(uint160(worker))), bytes32(uint256(1)), bytes32(uint256(1))
        );
        assertTrue(Receipts.hash(voucher) != Receipts.hash(reject), "types are hashed");
    }

    function test_X05_theOtherFormOfASignatureIsNone() external view {
        Proof memory proof = _signed(structHash, "worker");
        (bytes32 r, bytes32 low, uint8 v) = _parts(proof.signature);
        proof.signature = abi.encodePacked(r, bytes32(ORDER - uint256(low)), v == 27 ? uint8(28) : uint8(27));
        _expectSigned(proof, false);
        proof.signature = "";
        _expectSigned(proof, false);
        proof.signature = new bytes(65);
        _expectSigned(proof, false);
    }

    function test_X05_aContractSignsByItsOwnRule() external {
        Wallet wallet = new Wallet();
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", s.registry.domainSeparator(), structHash));
        Proof memory proof;
        assertTrue(!_isSigned(address(wallet), proof), "not before");
        wallet.approve(digest);
        assertTrue(_isSigned(address(wallet), proof), "then");
        assertTrue(
            !s.registry.isSignedBy(pool, address(wallet), "other", SCOPE_COMMIT, 0, proof), "nothing else"
        );
    }

    function _expectSigned(Proof memory proof, bool expected) private view {
        assertTrue(_isSigned(worker, proof) == expected, expected ? "is signed" : "is not signed");
    }

    function _isSigned(address who, Proof memory proof) private view returns (bool) {
        return s.registry.isSignedBy(pool, who, structHash, SCOPE_COMMIT, 0, proof);
    }

    function _parts(bytes memory signature) private pure returns (bytes32 r, bytes32 t, uint8 v) {
        assembly {
            r := mload(add(signature, 0x20))
            t := mload(add(signature, 0x40))
            v := byte(0, mload(add(signature, 0x60)))
        }
    }
}
