// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

contract PlainToken is ERC20("Livepeer Token", "LPT") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// Keeps a tenth of everything that is moved.
contract FeeToken is PlainToken {
    function _update(address from, address to, uint256 value) internal override {
        if (from == address(0)) return super._update(from, to, value);
        super._update(from, address(0xfee), value / 10);
        super._update(from, to, value - value / 10);
    }
}

/// Says false instead of moving anything, once told to.
contract FalseToken is PlainToken {
    bool public lies;

    function lie() external {
        lies = true;
    }

    function transfer(address to, uint256 value) public override returns (bool) {
        return lies ? false : super.transfer(to, value);
    }

    function transferFrom(address from, address to, uint256 value) public override returns (bool) {
        return lies ? false : super.transferFrom(from, to, value);
    }
}
