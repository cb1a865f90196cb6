// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {BondVault} from "../src/BondVault.sol";
import {Challenges} from "../src/Challenges.sol";
import {Court, CourtParts} from "../src/Court.sol";
import {FeeVault} from "../src/FeeVault.sol";
import {JurorRegistry} from "../src/JurorRegistry.sol";
import {Jury} from "../src/Jury.sol";
import {MutualFund} from "../src/MutualFund.sol";
import {OperatorBond} from "../src/OperatorBond.sol";
import {PoolRegistry} from "../src/PoolRegistry.sol";
import {Settlement} from "../src/Settlement.sol";
import {IRandomness} from "../src/interfaces/IRandomness.sol";

/// All contracts that pools share.
struct System {
    IERC20 token;
    IRandomness randomness;
    PoolRegistry registry;
    BondVault bonds;
    FeeVault fees;
    OperatorBond operatorBond;
    Challenges challenges;
    Settlement settlement;
    JurorRegistry jurors;
    Jury jury;
    Court court;
    MutualFund fund;
}

interface Addresses {
    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);
}

/// Deploys the contracts so that each knows the others from its constructor on: their addresses follow from
/// the deployer and its nonce, so nobody has to be trusted to connect them later.
library Deployment {
    Addresses private constant VM = Addresses(address(uint160(uint256(keccak256("hevm cheat code")))));

    error NotWherePredicted();

    function deploy(IERC20 token, IRandomness randomness, address deployer, uint256 nonce)
        internal
        returns (System memory made)
    {
        System memory s = predict(deployer, nonce);
        (s.token, s.randomness) = (token, randomness);
        made = s;
        made.registry = new PoolRegistry();
        made.bonds = new BondVault(token, address(s.court), address(s.jury), address(s.challenges), s.jurors);
        made.fees = new FeeVault(
            s.registry,
            address(s.court),
            address(s.challenges),
            address(s.operatorBond),
            address(s.settlement)
        );
        made.operatorBond = new OperatorBond(s.registry, s.fees, s.settlement, address(s.challenges));
        made.challenges = new Challenges(s.registry, s.bonds, s.fees, s.operatorBond);
        made.settlement = new Settlement(s.registry, s.fees, s.operatorBond, s.challenges);
        made.jurors = new JurorRegistry(s.bonds);
        made.jury = new Jury(s.bonds, s.jurors, address(s.court));
        made.court =
            new Court(CourtParts(s.registry, s.bonds, s.fees, s.challenges, s.jury, s.fund, randomness));
        made.fund = new MutualFund(s.registry, s.court, token, address(randomness) != address(0));
        s = predict(deployer, nonce);
        bool right = address(made.registry) == address(s.registry) && address(made.bonds) == address(s.bonds)
            && address(made.fees) == address(s.fees) && address(made.operatorBond) == address(s.operatorBond)
            && address(made.challenges) == address(s.challenges)
            && address(made.settlement) == address(s.settlement) && address(made.jurors) == address(s.jurors)
            && address(made.jury) == address(s.jury) && address(made.court) == address(s.court)
            && address(made.fund) == address(s.fund);
        if (!right) revert NotWherePredicted();
    }

    function predict(address deployer, uint256 nonce) internal pure returns (System memory s) {
        s.registry = PoolRegistry(_at(deployer, nonce));
        s.bonds = BondVault(_at(deployer, nonce + 1));
        s.fees = FeeVault(_at(deployer, nonce + 2));
        s.operatorBond = OperatorBond(_at(deployer, nonce + 3));
        s.challenges = Challenges(_at(deployer, nonce + 4));
        s.settlement = Settlement(_at(deployer, nonce + 5));
        s.jurors = JurorRegistry(_at(deployer, nonce + 6));
        s.jury = Jury(_at(deployer, nonce + 7));
        s.court = Court(payable(_at(deployer, nonce + 8)));
        s.fund = MutualFund(_at(deployer, nonce + 9));
    }

    function _at(address deployer, uint256 nonce) private pure returns (address) {
        return VM.computeCreateAddress(deployer, nonce);
    }
}
