// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {Bond, IBondVault, Kind} from "./interfaces/IBondVault.sol";
import {IJurorRegistry} from "./interfaces/IJurorRegistry.sol";

/// See IJurorRegistry.
/// @dev A binary sum tree over places; node 1 is the root, the children of node n are 2n and 2n + 1. Each
/// node remembers its sums by time, so that a draw looks at the roster as it stood before anybody knew the
/// seed.
contract JurorRegistry is IJurorRegistry {
    using Checkpoints for Checkpoints.Trace208;
    using Checkpoints for Checkpoints.Trace160;

    uint256 public constant LEAST_BOND = 20 ether;
    uint64 public constant WAIT = 14 days;
    uint256 public constant PLACES = 4096;

    struct Juror {
        uint64 eligibleFrom; // 0: none
        uint32 place; // 0: not on the roster; else the place plus one
    }

    IBondVault public immutable bonds;

    mapping(address juror => Juror) private _jurors;
    mapping(uint256 node => Checkpoints.Trace208) private _sums;
    mapping(uint256 place => Checkpoints.Trace160) private _occupants;
    uint256[] private _left; // places that were given up
    uint256 private _used;

    constructor(IBondVault bonds_) {
        bonds = bonds_;
    }

    function join() external {
        Juror storage juror = _jurors[msg.sender];
        if (juror.eligibleFrom != 0) revert AlreadyEnrolled();
        if (_bondOf(msg.sender) < LEAST_BOND) revert BondTooSmall();
        juror.eligibleFrom = uint64(block.timestamp) + WAIT;
        emit JurorApplied(msg.sender, juror.eligibleFrom);
    }

    function enrol(address who) external {
        Juror storage juror = _jurors[who];
        if (juror.eligibleFrom == 0) revert NotEnrolled();
        if (juror.place != 0) revert AlreadyEnrolled();
        if (block.timestamp < juror.eligibleFrom) revert TooEarly();
        uint256 weight = _bondOf(who);
        if (weight < LEAST_BOND) revert BondTooSmall();
        uint256 place = _takePlace();
        juror.place = uint32(place + 1);
        _occupants[place].push(uint96(block.timestamp), uint160(who));
        _setWeight(place, weight);
        emit JurorEnrolled(who, weight);
    }

    function quit() external {
        if (_jurors[msg.sender].eligibleFrom == 0) revert NotEnrolled();
        _remove(msg.sender);
    }

    function reweigh(address who) external {
        Juror storage juror = _jurors[who];
        if (juror.place == 0) revert NotEnrolled();
        uint256 weight = _bondOf(who);
        if (weight < LEAST_BOND) return _remove(who);
        _setWeight(juror.place - 1, weight);
        emit JurorReweighed(who, weight);
    }

    function isEnrolled(address juror) external view returns (bool) {
        return _jurors[juror].eligibleFrom != 0;
    }

    function totalAt(uint48 time) public view returns (uint256) {
        return _sums[1].upperLookupRecent(time);
    }

    function jurorAt(uint48 time, uint256 ticket) external view returns (address) {
        if (ticket >= totalAt(time)) revert NobodyEnrolled();
        uint256 node = 1;
        while (node < PLACES) {
            node *= 2;
            uint256 left = _sums[node].upperLookupRecent(time);
            if (ticket >= left) {
                ticket -= left;
                ++node;
            }
        }
        return address(_occupants[node - PLACES].upperLookupRecent(time));
    }

    function _remove(address who) private {
        uint256 place = _jurors[who].place;
        delete _jurors[who];
        if (place != 0) {
            _setWeight(place - 1, 0);
            _left.push(place - 1);
        }
        emit JurorLeft(who);
    }

    function _takePlace() private returns (uint256 place) {
        if (_left.length > 0) {
            place = _left[_left.length - 1];
            _left.pop();
            return place;
        }
        if (_used == PLACES) revert RosterFull();
        return _used++;
    }

    function _setWeight(uint256 place, uint256 weight) private {
        uint256 node = PLACES + place;
        uint256 before = _sums[node].latest();
        for (; node > 0; node /= 2) {
            uint256 sum = _sums[node].latest() + weight - before;
            _sums[node].push(uint48(block.timestamp), uint208(sum));
        }
    }

    function _bondOf(address who) private view returns (uint256 active) {
        (active,,) = bonds.bonded(Bond(0, who, Kind.Juror));
    }
}
