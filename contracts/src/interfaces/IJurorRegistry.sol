// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// Who may be drawn as a juror, in proportion to its bond, and who could at any time in the past. Nobody can
/// change the contract.
interface IJurorRegistry {
    error BondTooSmall();
    error AlreadyEnrolled();
    error NotEnrolled();
    error TooEarly();
    error RosterFull();
    error NobodyEnrolled();

    event JurorApplied(address indexed juror, uint64 eligibleFrom);
    event JurorEnrolled(address indexed juror, uint256 weight);
    event JurorReweighed(address indexed juror, uint256 weight);
    event JurorLeft(address indexed juror);

    /// The caller, with at least 20 tokens of juror's bond, can be drawn 14 days from now.
    function join() external;

    /// Puts a juror that has waited on the roster. By anybody.
    function enrol(address juror) external;

    /// Takes the caller off the roster; seats it has are kept to their end.
    function quit() external;

    /// Makes a juror's weight what its bond is now; below 20 tokens it is off the roster. By anybody.
    function reweigh(address juror) external;

    /// True from the application on: as long as it holds, the bond cannot be unbonded.
    function isEnrolled(address juror) external view returns (bool);

    /// The sum of all weights at a time that has passed.
    function totalAt(uint48 time) external view returns (uint256);

    /// Whose the ticket was at that time, of 0 to totalAt - 1.
    function jurorAt(uint48 time, uint256 ticket) external view returns (address);
}
