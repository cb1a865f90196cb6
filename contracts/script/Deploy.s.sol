// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IRandomness} from "../src/interfaces/IRandomness.sol";
import {Deployment, System} from "./Deployment.sol";

interface Broadcasts {
    function envAddress(string calldata name) external view returns (address);
    function envOr(string calldata name, address otherwise) external view returns (address);
    function getNonce(address account) external view returns (uint64);
    function startBroadcast() external;
    function stopBroadcast() external;
}

/// Puts the contracts that all pools share on a chain: `forge script script/Deploy.s.sol --broadcast`, with the
/// address of the bonds' token in MILLPOND_TOKEN and, where there is one, of a beacon in MILLPOND_BEACON.
contract Deploy {
    Broadcasts private constant VM = Broadcasts(address(uint160(uint256(keccak256("hevm cheat code")))));

    bool public constant IS_SCRIPT = true;

    function run() external returns (System memory made) {
        IERC20 token = IERC20(VM.envAddress("MILLPOND_TOKEN"));
        IRandomness beacon = IRandomness(VM.envOr("MILLPOND_BEACON", address(0)));
        VM.startBroadcast();
        made = Deployment.deploy(token, beacon, msg.sender, VM.getNonce(msg.sender));
        VM.stopBroadcast();
    }
}
